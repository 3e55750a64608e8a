import { asText, type JsonObject, objectsIn } from "../../core/json.ts";

/** A block of reasoning, or what completes one. */
export interface ReasoningDetail {
  readonly text: string;
  readonly signature?: string;
  readonly redacted?: string;
  readonly encrypted?: { readonly id?: string; readonly content: string };
}

/**
 * OpenRouter's `reasoning_details`: signatures and encrypted blocks that the model wants back unchanged. Their text is the
 * same as that of `reasoning` beside it.
 * @param hasText the delta has its text elsewhere
 * @see https://openrouter.ai/docs/use-cases/reasoning-tokens#preserving-reasoning-blocks
 */
export function reasoningDetails(delta: JsonObject, hasText: boolean): ReasoningDetail[] {
  return objectsIn(delta["reasoning_details"]).flatMap((detail): ReasoningDetail[] => {
    const said = asText(detail["text"]) ?? asText(detail["summary"]) ?? "";
    const text = hasText ? "" : said;
    const signature = asText(detail["signature"]);
    const data = asText(detail["data"]);
    if (signature !== undefined) return [{ text, signature }];
    if (data === undefined) return text === "" ? [] : [{ text }];
    if (asText(detail["format"])?.startsWith("anthropic")) return [{ text, redacted: data }];
    const id = asText(detail["id"]);
    return [{ text, encrypted: { ...(id === undefined ? {} : { id }), content: data } }];
  });
}
