import { type JsonObject, objectsIn } from "../../core/json.ts";
import { summaryOf } from "../demo-summary.ts";
import { findScenario } from "../models.ts";
import { errors } from "../openai/errors.ts";
import type { ParsedRequest } from "../parsed-request.ts";
import { type IncomingRequest, randomId } from "../protocol.ts";
import { RequestRejected } from "../provider-error.ts";
import { itemBody, newItem, usageBody } from "./response-body.ts";
import { read } from "./rules.ts";

/** The body of `POST /v1/responses/compact`: what the user said, and one item that holds a summary of all. */
export function compactedBody(incoming: IncomingRequest): JsonObject {
  const parsed = readKnown(incoming);
  const item = newItem("compaction", { text: summaryOf(parsed) });
  const input = parsed.body["input"];
  const kept = objectsIn(input).filter(({ role }) => role === "user" || role === "developer");
  const usage = { input: parsed.inputTokens, output: 1, reasoning: 0, cached: 0, cacheWritten: 0 };
  return {
    id: randomId("resp_"),
    object: "response.compaction",
    created_at: Math.floor(Date.now() / 1_000),
    output: [
      ...(typeof input === "string"
        ? [userMessage(input)]
        : kept.map((message) => ({ ...message, type: "message" }))),
      itemBody(item, "completed"),
    ],
    usage: usageBody(usage),
  };
}

function userMessage(text: string): JsonObject {
  return { type: "message", role: "user", content: [{ type: "input_text", text }] };
}

/** The body of `POST /v1/responses/input_tokens`. */
export function countInput(incoming: IncomingRequest): JsonObject {
  return { object: "response.input_tokens", input_tokens: readKnown(incoming).inputTokens };
}

function readKnown(incoming: IncomingRequest): ParsedRequest {
  const parsed = read(incoming);
  if (findScenario(parsed.model) === undefined) throw new RequestRejected(errors.noSuchModel(parsed.model));
  return parsed;
}
