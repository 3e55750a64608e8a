import { encodeSummary } from "../../core/carrier.ts";
import type { Usage } from "../../core/event.ts";
import { invalidField } from "../../core/failure.ts";
import { isObject, type JsonObject, objectsIn } from "../../core/json.ts";
import type { ChatRequest } from "../../core/message.ts";
import { type ProtocolName, Translation } from "../../core/translation.ts";
import { conversation } from "./parse.ts";
import { COMPACTION_TRIGGER } from "./parse-input.ts";
import { responseUsage } from "./response-object.ts";
import type { CompactBody } from "./schema.ts";

/**
 * Whether a request asks for a compaction in place of an answer, as Codex does with the last item of its input. A provider
 * that speaks Responses compacts by itself.
 */
export function asksForCompaction({ input }: Pick<CompactBody, "input">, protocol: ProtocolName): boolean {
  return protocol !== "responses" && Array.isArray(input) && isTrigger(input.at(-1));
}

/**
 * The conversation to be summarized; its tools and settings have no part in that.
 * @throws {ChatError} where there is nothing to summarize, or what cannot be read
 */
export function compactionChat(body: CompactBody): ChatRequest {
  const { input } = body;
  const said = Array.isArray(input) && isTrigger(input.at(-1)) ? input.slice(0, -1) : input;
  const messages = conversation({ ...body, input: said ?? null }, new Translation());
  if (!messages.some(({ role }) => role !== "system" && role !== "developer"))
    throw invalidField("input", "There is nothing to compact.");
  return { model: body.model, messages, sampling: {}, includeUsage: true };
}

/** The item that stands for what was summarized. @param id of the answer */
export function compactionItem(id: string, summary: string) {
  return { id: `cmp_${id}`, type: "compaction" as const, encrypted_content: encodeSummary(summary) };
}

/** What a compaction is made of. */
export interface Compaction {
  /** 32 hexadecimal digits, random. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly summary: string;
  readonly usage: Usage | undefined;
}

/** The answer of `POST /v1/responses/compact`: what the user, the system and the developer said stays as it was. */
export function compactedResponse(
  body: CompactBody,
  { id, created, summary, usage }: Compaction,
): JsonObject {
  return {
    id: `resp_${id}`,
    object: "response.compaction",
    created_at: created,
    output: [...keptMessages(body, id), compactionItem(id, summary)],
    usage: usage === undefined ? null : responseUsage(usage),
  };
}

function keptMessages({ input }: CompactBody, id: string): unknown[] {
  const items = typeof input === "string" ? [{ role: "user", content: input }] : objectsIn(input);
  return items.flatMap((item: JsonObject, i) => {
    const { type = "message", role, content } = item;
    if (type !== "message" || role === "assistant") return [];
    const parts = typeof content === "string" ? [{ type: "input_text", text: content }] : content;
    return [{ id: `msg_${id}_${i}`, status: "completed", ...item, type, content: parts }];
  });
}

function isTrigger(item: unknown): boolean {
  return isObject(item) && item["type"] === COMPACTION_TRIGGER;
}
