import { decodeCarrier, decodeSummary } from "../../core/carrier.ts";
import { invalidField, unsupportedField } from "../../core/failure.ts";
import { asObject, asText, type JsonObject, objectsIn } from "../../core/json.ts";
import type { ContentPart, Message, ReasoningPart, Role, ToolCall } from "../../core/message.ts";
import { summaryMessage } from "../../core/summary.ts";
import type { Translation } from "../../core/translation.ts";
import { functionName } from "./client-tools.ts";
import { parseParts } from "./parse-parts.ts";

const ROLES: ReadonlySet<string> = new Set(["user", "assistant", "system", "developer"] satisfies Role[]);

/** What asks for a compaction, as the last item. */
export const COMPACTION_TRIGGER = "compaction_trigger";

/** Whatever the assistant did in one turn: items of their own here, one message in the inner form. */
interface Turn {
  readonly parts: ContentPart[];
  readonly calls: ToolCall[];
}

/** Reads the items of `input` as messages. */
export class InputReader {
  readonly #translation: Translation;
  /** The body goes out as it came: what cannot be read is passed over. */
  readonly #lenient: boolean;
  readonly #messages: Message[] = [];
  #turn: Turn | undefined;

  constructor(translation: Translation, lenient: boolean) {
    this.#translation = translation;
    this.#lenient = lenient;
  }

  /** @throws {ChatError} for what no other protocol can hold, and for what would need a response that was stored */
  read(input: unknown): Message[] {
    if (typeof input === "string") return input === "" ? [] : [{ role: "user", content: input }];
    for (const [i, item] of objectsIn(input).entries()) {
      try {
        this.#item(item, `input[${i}]`);
      } catch (error) {
        if (!this.#lenient) throw error;
      }
    }
    this.#endTurn();
    return this.#messages;
  }

  #item(item: JsonObject, at: string): void {
    const type = asText(item["type"]) ?? (item["role"] === undefined ? "item_reference" : "message");
    switch (type) {
      case "message":
        return this.#message(item, at);
      case "reasoning":
        this.#assistant.parts.push(...this.#reasoning(item));
        return;
      case "function_call":
        return this.#call(item, asText(item["arguments"]) ?? "");
      case "custom_tool_call":
        return this.#call(item, JSON.stringify({ input: item["input"] ?? "" }));
      case "function_call_output":
      case "custom_tool_call_output":
        return this.#output(item, at);
      case "compaction":
        return this.#compaction(item, at);
      case "item_reference":
        throw unsupportedField(at, `Nothing is stored here. ${RESEND}`);
      case "additional_tools":
        return;
      case COMPACTION_TRIGGER:
        // Codex ends its session over an answer that passes over it.
        throw unsupportedField(
          at,
          "A compaction is asked for by the last item, and takes the place of an answer.",
        );
      default:
        return this.#foreign(type, item, at);
    }
  }

  #message(item: JsonObject, at: string): void {
    const role = asText(item["role"]) ?? "";
    if (!ROLES.has(role)) throw invalidField(`${at}.role`, "It is user, assistant, system or developer.");
    const { content } = item;
    if (role === "assistant") {
      this.#assistant.parts.push(...parseParts(content, `${at}.content`));
      return;
    }
    this.#add({
      role: role as Role,
      content: typeof content === "string" ? content : parseParts(content, `${at}.content`),
    });
  }

  /** Reasoning of ours is what its provider gave; OpenAI's own is kept for OpenAI. */
  #reasoning(item: JsonObject): ReasoningPart[] {
    const texts = [...objectsIn(item["summary"]), ...objectsIn(item["content"])];
    const text = texts.map((part) => asText(part["text"]) ?? "").join("\n\n");
    const content = asText(item["encrypted_content"]);
    if (content === undefined) return text === "" ? [] : [{ type: "reasoning", text }];
    const id = asText(item["id"]);
    const encrypted = { ...(id === undefined ? {} : { id }), content };
    return decodeCarrier(content, text) ?? [{ type: "reasoning", text, encrypted }];
  }

  #call(item: JsonObject, args: string): void {
    const name = functionName(asText(item["name"]) ?? "", asText(item["namespace"]));
    const id = asText(item["call_id"]) ?? "";
    this.#assistant.calls.push({ id, type: "function", function: { name, arguments: args } });
  }

  #output(item: JsonObject, at: string): void {
    const { output } = item;
    this.#add({
      role: "tool",
      tool_call_id: asText(item["call_id"]) ?? "",
      content: typeof output === "string" ? output : parseParts(output, `${at}.output`),
    });
  }

  #compaction(item: JsonObject, at: string): void {
    const summary = decodeSummary(asText(item["encrypted_content"]) ?? "");
    if (summary === undefined)
      throw unsupportedField(
        `${at}.encrypted_content`,
        `Only who made this compaction can read it. ${RESEND}`,
      );
    this.#add(summaryMessage(summary));
  }

  /**
   * Calls of tools that OpenAI defines and the client runs are calls like others; those that OpenAI runs itself have been
   * used up in the answer that followed.
   */
  #foreign(type: string, item: JsonObject, at: string): void {
    const id = asText(item["call_id"]);
    if (id !== undefined && type.endsWith("_call_output")) {
      this.#translation.change(at);
      const { output } = item;
      const content = typeof output === "string" ? output : JSON.stringify(output ?? "");
      return this.#add({ role: "tool", tool_call_id: id, content });
    }
    if (id !== undefined && type.endsWith("_call")) {
      this.#translation.change(at);
      const called =
        asObject(item["action"]) ?? asObject(item["operation"]) ?? asObject(item["arguments"]) ?? {};
      return this.#call({ call_id: id, name: type.slice(0, -"_call".length) }, JSON.stringify(called));
    }
    this.#translation.drop(`${at}.${type}`);
  }

  get #assistant(): Turn {
    this.#turn ??= { parts: [], calls: [] };
    return this.#turn;
  }

  #add(message: Message): void {
    this.#endTurn();
    this.#messages.push(message);
  }

  #endTurn(): void {
    const turn = this.#turn;
    this.#turn = undefined;
    if (turn === undefined || (turn.parts.length === 0 && turn.calls.length === 0)) return;
    const { parts, calls } = turn;
    this.#messages.push({
      role: "assistant",
      content: contentOf(parts, calls.length > 0),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    });
  }
}

const RESEND = "Send the whole conversation in `input`.";

/** A single text is a string, which every provider takes. */
function contentOf(parts: readonly ContentPart[], hasCalls: boolean): Message["content"] {
  if (parts.length === 0 && hasCalls) return null;
  const [first] = parts;
  return parts.length === 1 && first?.type === "text" && first.cache_control === undefined
    ? first.text
    : parts;
}
