import { asText, isObject, parseJson } from "./json.ts";
import type { ReasoningPart } from "./message.ts";

/**
 * Reasoning that one provider wants back, inside a field that a client of another vendor stores and returns untouched:
 * the `signature` of an Anthropic thinking block, or the `encrypted_content` of a Responses item. Nothing is kept here.
 *
 * A carrier is only good through this server; to the vendor whose field it stands in it is a broken signature, so
 * protocols take it out before they ask that vendor (docs/translation.md).
 */
const PREFIX = "nash1:";

/** Whether a signature or an encrypted content is one of ours. */
export function isCarrier(text: string | undefined): text is string {
  return text?.startsWith(PREFIX) === true;
}

/**
 * Blocks of reasoning as one text. They must be of one kind:
 * plain ones and one with `encrypted` leave their text to the field beside the carrier, which shows it;
 * signed and redacted ones hold their text, since there may be several and a signature is for exactly its text.
 */
export function encodeCarrier(blocks: readonly ReasoningPart[]): string {
  const json = JSON.stringify(payloadOf(blocks));
  return PREFIX + Buffer.from(json).toString("base64");
}

function payloadOf(blocks: readonly ReasoningPart[]): unknown {
  const [first] = blocks;
  if (first?.encrypted !== undefined) {
    const { id, content } = first.encrypted;
    return { ...(id === undefined ? {} : { id }), ec: content };
  }
  const signed = blocks.filter((block) => block.signature !== undefined || block.redacted !== undefined);
  if (signed.length === 0) return { t: "plain" };
  return signed.map(({ text, signature, redacted }) =>
    redacted !== undefined ? { redacted } : { ...(text === "" ? {} : { thinking: text }), signature },
  );
}

/**
 * The blocks in a carrier; undefined where it is none of ours, or was changed on its way.
 * @param shown the text that stood beside it: the text of a block that does not hold its own
 */
export function decodeCarrier(carrier: string | undefined, shown: string): ReasoningPart[] | undefined {
  if (!isCarrier(carrier)) return undefined;
  const payload = parseJson(Buffer.from(carrier.slice(PREFIX.length), "base64").toString("utf8"));
  if (Array.isArray(payload)) {
    const blocks = payload.map(signedBlock);
    return blocks.every((block) => block !== undefined) && blocks.length > 0 ? blocks : undefined;
  }
  if (!isObject(payload)) return undefined;
  if (payload["t"] === "plain") return [{ type: "reasoning", text: shown }];
  const content = asText(payload["ec"]);
  const id = asText(payload["id"]);
  if (content === undefined) return undefined;
  return [{ type: "reasoning", text: shown, encrypted: { ...(id === undefined ? {} : { id }), content } }];
}

function signedBlock(value: unknown): ReasoningPart | undefined {
  if (!isObject(value)) return undefined;
  const redacted = asText(value["redacted"]);
  if (redacted !== undefined) return { type: "reasoning", text: "", redacted };
  const signature = asText(value["signature"]);
  return signature === undefined
    ? undefined
    : { type: "reasoning", text: asText(value["thinking"]) ?? "", signature };
}

/** A summary that took the place of a conversation, for the `encrypted_content` of a Responses `compaction` item. */
export function encodeSummary(summary: string): string {
  return PREFIX + Buffer.from(JSON.stringify({ t: "summary", text: summary })).toString("base64");
}

/** The summary in a carrier; undefined where it is none of ours. */
export function decodeSummary(carrier: string): string | undefined {
  if (!isCarrier(carrier)) return undefined;
  const payload = parseJson(Buffer.from(carrier.slice(PREFIX.length), "base64").toString("utf8"));
  return isObject(payload) && payload["t"] === "summary" ? asText(payload["text"]) : undefined;
}
