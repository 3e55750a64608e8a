import { asObject, asText, type JsonObject, objectsIn } from "../../core/json.ts";

/** A piece of an answer, wherever it stood. */
export interface Piece {
  readonly type: "text" | "reasoning" | "refusal";
  readonly text: string;
}

/** Fields for reasoning: DeepSeek, vLLM and Groq, others (LM Studio, Cohere, proxies of Anthropic). */
const REASONING = ["reasoning_content", "reasoning", "thinking", "reasoning_text", "thought"];

/**
 * Fields for text in a delta or message: OpenAI's; that of the older completions, which Hugging Face and TGI still write;
 * that of the Responses API. The first that holds any counts, since some hold the same twice.
 */
const TEXT = ["content", "text", "output_text"];

/** The same beside the delta, in the choice, and in a chunk without choices (llama.cpp, Ollama, Cloudflare, TGI). */
const BESIDE_DELTA = ["text", "content", "output_text"];
const WITHOUT_CHOICES = ["content", "text", "response", "output_text", "completion"];

/** Parts that hold thought. */
const THOUGHT_TYPES: ReadonlySet<unknown> = new Set([
  "thinking",
  "reasoning",
  "thought",
  "reasoning_content",
]);

/** What a delta or a message holds: first its reasoning, then its text, then its refusal. */
export function piecesIn(delta: unknown): Piece[] {
  if (typeof delta === "string") return contentPieces(delta);
  const object = asObject(delta);
  if (object === undefined) return Array.isArray(delta) ? delta.flatMap(piecesIn) : [];
  const pieces: Piece[] = [];
  pieces.push(...first(object, REASONING, "reasoning"), ...first(object, TEXT, "text"));
  const refusal = asText(object["refusal"]);
  if (refusal !== undefined) pieces.push({ type: "refusal", text: refusal });
  return pieces;
}

/** Text that stands in the choice itself. */
export function piecesBeside(choice: JsonObject): readonly Piece[] {
  return first(choice, BESIDE_DELTA, "text");
}

/** Text of a chunk that has no choices. */
export function piecesWithoutChoices(chunk: JsonObject): readonly Piece[] {
  const held = [chunk["message"], chunk["delta"]].map((value) => asObject(value)).find((value) => value);
  if (held !== undefined) return piecesIn(held);
  if (typeof chunk["delta"] === "string") return contentPieces(chunk["delta"]);
  // TGI's own form: one token at a time, some of them not for eyes.
  const token = asObject(chunk["token"]);
  if (token !== undefined) return token["special"] === true ? [] : contentPieces(token["text"]);
  const candidate = objectsIn(chunk["candidates"])[0];
  if (candidate !== undefined) return contentPieces(asObject(candidate["content"])?.["parts"]);
  return first(chunk, WITHOUT_CHOICES, "text");
}

const NOTHING: readonly Piece[] = [];

function first(object: JsonObject, fields: readonly string[], type: Piece["type"]): readonly Piece[] {
  for (const field of fields) {
    const value = object[field];
    if (value === undefined || value === null || value === "") continue;
    const pieces = contentPieces(value, type);
    if (pieces.length > 0) return pieces;
  }
  return NOTHING;
}

/**
 * A string; an object around one; or a list of both, such as Mistral's `text`, `thinking` (itself a list) and `reference`.
 * @param type what a part is that does not say
 */
function contentPieces(content: unknown, type: Piece["type"] = "text"): Piece[] {
  if (typeof content === "string") return content === "" ? [] : [{ type, text: content }];
  if (Array.isArray(content)) return content.flatMap((part) => contentPieces(part, type));
  const part = asObject(content);
  if (part === undefined) return [];
  if (typeof part["refusal"] === "string") return contentPieces(part["refusal"], "refusal");
  const isThought = THOUGHT_TYPES.has(part["type"]) || part["thought"] === true;
  const held = ["text", "thinking", "value", "content", "parts", "reasoning", "summary"].find(
    (field) => part[field] !== undefined && part[field] !== null,
  );
  return held === undefined ? [] : contentPieces(part[held], isThought ? "reasoning" : type);
}
