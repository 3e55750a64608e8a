import { isObject, type JsonObject, objectsIn } from "../../core/json.ts";
import type { Turn } from "../parsed-request.ts";
import { checkContent } from "./content.ts";
import { refuse } from "./errors.ts";
import { checkNames, emptyArray, missing, tooLong, wrongChoice, wrongType } from "./fields.ts";
import { checkToolName } from "./tools.ts";

const ROLES = ["system", "assistant", "user", "function", "tool", "developer"];
const MESSAGE_FIELDS = new Set([
  "role",
  "content",
  "name",
  "tool_calls",
  "tool_call_id",
  "refusal",
  "audio",
  "function_call",
  "annotations",
]);
/** What others than OpenAI send with an answer and take back. */
const REASONING_FIELDS = new Set([...MESSAGE_FIELDS, "reasoning_content", "reasoning", "reasoning_details"]);
const LONGEST_CALL_ID = 40;
const CALL_FIELDS = new Set(["id", "type", "function", "custom"]);
const NAME = /^[^\s<|\\/>]+$/;

interface Conversation {
  readonly system: string;
  readonly turns: readonly Turn[];
  /** The text of the user's last message. */
  readonly text: string;
  /** The text of a last message that is the assistant's. */
  readonly prefill: string;
  readonly afterTool: boolean;
  /** Characters of text in all. */
  readonly characters: number;
  /** All text, whoever said it. */
  readonly everything: string;
}

/**
 * Reads `messages`; with `reasoning` the assistant's may hold its reasoning.
 * @throws {RequestRejected} For whatever OpenAI refuses in them.
 */
export function readMessages(messages: unknown, reasoning = false): Conversation {
  if (!Array.isArray(messages)) return missing("messages");
  if (messages.length === 0) return emptyArray("messages");
  const open = new OpenCalls();
  const system: string[] = [];
  const turns: Turn[] = [];
  const said: string[] = [];
  let role = "";
  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`;
    if (!isObject(message)) return wrongType(path, "an object", message);
    const text = checkMessage(message, path, reasoning);
    role = String(message["role"]);
    open.meet(message, index);
    said.push(text, ...reasoningIn(message));
    if (role === "system" || role === "developer") system.push(text);
    else if (role === "user" || role === "assistant") turns.push({ role, text });
  }
  open.close(messages.length - 1);
  const text = turns.findLast((turn) => turn.role === "user")?.text ?? "";
  const everything = said.join("");
  return {
    system: system.join("\n"),
    turns,
    text,
    prefill: role === "assistant" ? (turns.at(-1)?.text ?? "") : "",
    afterTool: role === "tool",
    characters: everything.length,
    everything,
  };
}

function reasoningIn({ reasoning_content: content, reasoning }: JsonObject): readonly string[] {
  const text = content ?? reasoning;
  return typeof text === "string" ? [text] : [];
}

/** The text of one message, once its own fields are as they must be. */
function checkMessage(message: JsonObject, path: string, reasoning: boolean): string {
  checkNames(message, path, reasoning && message["role"] === "assistant" ? REASONING_FIELDS : MESSAGE_FIELDS);
  const { role, name } = message;
  if (role === undefined) return missing(`${path}.role`);
  if (typeof role !== "string" || !ROLES.includes(role)) return wrongChoice(`${path}.role`, role, ROLES);
  if (name !== undefined && (typeof name !== "string" || !NAME.test(name))) {
    refuse(
      `Invalid '${path}.name': string does not match pattern. Expected a string that matches the pattern ` +
        `'${NAME.source}'.`,
      { code: "invalid_value", param: `${path}.name` },
    );
  }
  if (message["tool_calls"] !== undefined) checkCalls(message, path);
  return checkContent(message, role, path);
}

function checkCalls(message: JsonObject, path: string): void {
  const calls = message["tool_calls"];
  const param = `${path}.tool_calls`;
  if (message["role"] !== "assistant") {
    refuse(`Invalid parameter: only messages of role 'assistant' can have tool calls.`, { param });
  }
  if (!Array.isArray(calls)) wrongType(param, "an array of objects", calls);
  if (calls.length === 0) emptyArray(param);
  for (const [index, call] of calls.entries()) {
    const place = `${param}[${index}]`;
    if (!isObject(call)) wrongType(place, "an object", call);
    checkNames(call, place, CALL_FIELDS);
    const id = call["id"];
    if (typeof id !== "string") missing(`${place}.id`);
    if (id.length > LONGEST_CALL_ID) tooLong(`${place}.id`, id, LONGEST_CALL_ID);
    if (call["type"] !== "function" && call["type"] !== "custom") missing(`${place}.type`);
    if (call["type"] === "custom") continue;
    const called = call["function"];
    if (!isObject(called)) missing(`${place}.function`);
    if (typeof called["name"] !== "string") missing(`${place}.function.name`);
    if (typeof called["arguments"] !== "string") {
      wrongType(`${place}.function.arguments`, "a string", called["arguments"]);
    }
    checkToolName(called["name"], `${place}.function.name`);
  }
}

/** The calls that still wait for the `tool` message that answers them. */
class OpenCalls {
  readonly #ids = new Set<string>();
  #answering = false;

  meet(message: JsonObject, index: number): void {
    if (message["role"] === "tool") {
      this.#answer(message, `messages.[${index}]`);
      return;
    }
    this.close(index);
    this.#answering = message["tool_calls"] !== undefined;
    for (const call of objectsIn(message["tool_calls"])) this.#ids.add(String(call["id"]));
  }

  close(index: number): void {
    if (this.#ids.size === 0) return;
    refuse(
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
        `The following tool_call_ids did not have response messages: ${[...this.#ids].join(", ")}`,
      { param: `messages.[${index}].role` },
    );
  }

  #answer(message: JsonObject, path: string): void {
    const id = message["tool_call_id"];
    if (!this.#answering) {
      refuse(
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        { param: `${path}.role` },
      );
    }
    if (typeof id !== "string") {
      refuse("Missing parameter 'tool_call_id': messages with role 'tool' must have a 'tool_call_id'.", {
        param: `${path}.tool_call_id`,
      });
    }
    if (!this.#ids.delete(id)) {
      refuse(`Invalid parameter: 'tool_call_id' of '${id}' not found in 'tool_calls' of previous message.`, {
        param: `${path}.tool_call_id`,
      });
    }
  }
}
