import type { EndReason } from "../../core/event.ts";
import { FAILURE_STATUS, type FailureType } from "../../core/failure.ts";
import { asCount, asNumber, asObject, asText, type JsonObject, objectsIn } from "../../core/json.ts";
import { type Message, REASONING_EFFORTS } from "../../core/message.ts";
import {
  type Call,
  type Conversation,
  type Facts,
  newId,
  type Settings,
  type ShownFailure,
  type Turn,
  titleOf,
} from "./conversation.ts";

/**
 * A conversation from the browser's storage or from a file that someone gave: nothing in it is believed.
 * @returns undefined where it is none
 */
export function readConversation(value: unknown): Conversation | undefined {
  const given = asObject(value);
  if (given === undefined || !Array.isArray(given["turns"])) return undefined;
  const turns = objectsIn(given["turns"]).flatMap(readTurn);
  const settings = readSettings(asObject(given["settings"]));
  if (turns.length === 0 && settings === undefined) return undefined;
  return {
    id: idIn(given),
    title: asText(given["title"])?.slice(0, 200) ?? titleOf(turns),
    updated: asNumber(given["updated"]) ?? 0,
    turns,
    ...optional("sessionId", asText(given["sessionId"])),
    ...optional("settings", settings),
  };
}

function readSettings(given: JsonObject | undefined): Settings | undefined {
  if (given === undefined) return undefined;
  return {
    ...optional("system", asText(given["system"])),
    ...optional("temperature", asNumber(given["temperature"])),
    ...optional("maxTokens", asCount(given["maxTokens"])),
    ...optional(
      "effort",
      REASONING_EFFORTS.find((effort) => effort === given["effort"]),
    ),
    ...optional("tools", asText(given["tools"])),
  };
}

function readTurn(given: JsonObject): readonly Turn[] {
  const id = idIn(given);
  const text = typeof given["text"] === "string" ? given["text"] : "";
  switch (given["role"]) {
    case "user":
      return [{ role: "user", id, text, ...optional("images", readImages(given["images"])) }];
    case "assistant":
      return [
        {
          role: "assistant",
          id,
          text,
          reasoning: asText(given["reasoning"]) ?? "",
          ...optional("calls", readCalls(given["calls"])),
          state: stateIn(given["state"]),
          facts: readFacts(asObject(given["facts"]) ?? {}),
          ...optional("failure", readFailure(asObject(given["failure"]))),
        },
      ];
    case "summary":
      return [
        {
          role: "summary",
          id,
          text,
          messages: objectsIn(given["messages"]).flatMap(readMessage),
          before: asNumber(given["before"]) ?? 0,
          after: asNumber(given["after"]) ?? 0,
          estimated: given["estimated"] === true,
        },
      ];
    default:
      return [];
  }
}

/** Pictures are shown by their address, so it must hold them itself. */
export function readImages(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const images = value.filter((one) => typeof one === "string" && one.startsWith("data:image/"));
  return images.length === 0 ? undefined : images;
}

function readCalls(value: unknown): readonly Call[] | undefined {
  const calls = objectsIn(value).map((given) => ({
    id: asText(given["id"]) ?? newId(),
    name: asText(given["name"]) ?? "",
    arguments: asText(given["arguments"]) ?? "",
    ...optional("result", typeof given["result"] === "string" ? given["result"] : undefined),
  }));
  return calls.length === 0 ? undefined : calls;
}

/** An answer that was being written when the page was left has been stopped by that. */
function stateIn(value: unknown): "done" | "stopped" | "failed" {
  return value === "done" || value === "failed" ? value : "stopped";
}

function readFacts(given: JsonObject): Facts {
  return {
    ...optional("sessionId", asText(given["sessionId"])),
    ...optional("model", asText(given["model"])),
    ...optional("firstTokenMs", asNumber(given["firstTokenMs"])),
    ...optional("inputTokens", asNumber(given["inputTokens"])),
    ...optional("outputTokens", asNumber(given["outputTokens"])),
    // Only ever shown in words, and an unknown one in none.
    ...optional("finishReason", asText(given["finishReason"]) as EndReason | undefined),
  };
}

export function readFailure(given: JsonObject | undefined): ShownFailure | undefined {
  const type = asText(given?.["type"]);
  if (given === undefined || type === undefined) return undefined;
  return {
    type: type in FAILURE_STATUS ? (type as FailureType) : "internal",
    message: asText(given["message"]) ?? "",
    ...optional("param", asText(given["param"])),
    ...(given["ours"] === true ? { ours: true } : {}),
  };
}

/** Messages of a summary are the server's: texts of system, developer, user and assistant. */
function readMessage(given: JsonObject): readonly Message[] {
  const { role, content } = given;
  if (typeof content !== "string") return [];
  return role === "system" || role === "developer" || role === "user" || role === "assistant"
    ? [{ role, content }]
    : [];
}

function idIn(given: JsonObject): string {
  const id = asText(given["id"]);
  return id !== undefined && /^[\w-]{1,64}$/.test(id) ? id : newId();
}

export function optional<Name extends string, T>(
  name: Name,
  value: T | undefined,
): { readonly [N in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [N in Name]: T });
}
