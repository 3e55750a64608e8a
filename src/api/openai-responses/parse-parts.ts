import { invalidField, unsupportedField } from "../../core/failure.ts";
import { asObject, asText, type JsonObject, objectsIn } from "../../core/json.ts";
import type { CacheMark, ContentPart } from "../../core/message.ts";

/**
 * The content of a message or of a tool's output.
 * @param at where it stands, for errors
 * @throws {ChatError} for a kind of content that cannot be carried over
 */
export function parseParts(content: unknown, at: string): ContentPart[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  return objectsIn(content).map((part, i) => parsePart(part, `${at}[${i}]`));
}

function parsePart(part: JsonObject, at: string): ContentPart {
  switch (part["type"]) {
    case "input_text":
    case "output_text":
    case "text":
    case "summary_text":
      return { type: "text", text: textIn(part, "text", at), ...mark(part) };
    case "refusal":
      return { type: "refusal", refusal: textIn(part, "refusal", at) };
    case "input_image":
      return image(part, at);
    case "input_file":
      return file(part, at);
    case "input_audio": {
      const audio = asObject(part["input_audio"]) ?? part;
      return {
        type: "input_audio",
        input_audio: { data: asText(audio["data"]) ?? "", format: asText(audio["format"]) ?? "" },
      };
    }
    default:
      throw unsupportedField(at, "A part of this kind cannot be carried over here.");
  }
}

function textIn(part: JsonObject, field: string, at: string): string {
  const text = part[field];
  if (typeof text !== "string") throw invalidField(`${at}.${field}`, "It is a text.");
  return text;
}

function image(part: JsonObject, at: string): ContentPart {
  const url = asText(part["image_url"]);
  const detail = asText(part["detail"]);
  if (url === undefined) throw unsupportedField(at, "An image is given by its `image_url` here.");
  return {
    type: "image_url",
    image_url: { url, ...(detail === undefined ? {} : { detail }) },
    ...mark(part),
  };
}

const DATA_URL = /^data:/i;

function file(part: JsonObject, at: string): ContentPart {
  const filename = asText(part["filename"]);
  const named = filename === undefined ? {} : { filename };
  const data = asText(part["file_data"]);
  const url = asText(part["file_url"]);
  const id = asText(part["file_id"]);
  if (data !== undefined) {
    const file_data = DATA_URL.test(data) ? data : `data:application/pdf;base64,${data}`;
    return { type: "file", file: { ...named, file_data }, ...mark(part) };
  }
  if (url !== undefined) return { type: "file", file: { ...named, file_url: url }, ...mark(part) };
  if (id !== undefined) throw unsupportedField(`${at}.file_id`, "Only who stores this file can read it.");
  throw invalidField(at, "A file has `file_data` or `file_url`.");
}

/** OpenAI's mark for its prompt cache, as Anthropic's. */
function mark(part: JsonObject): { cache_control?: CacheMark } {
  const breakpoint = asObject(part["prompt_cache_breakpoint"]);
  if (breakpoint === undefined) return {};
  const ttl = breakpoint["ttl"] === "12h" ? ({ ttl: "1h" } as const) : {};
  return { cache_control: { type: "ephemeral", ...ttl } };
}
