import type { BodyReader } from "./body-reader.ts";

/** White space and the byte-order mark, which may stand before either. */
const BLANK = /^[\s\uFEFF]*/;

/** A line of SSE: a field that the specification knows, llama.cpp's `error`, or a comment. */
const SSE_LINE = /^(?:data|event|id|retry|error)?[ \t]*:/;

/** As much as is looked at, in characters. */
const MOST_LOOKED_AT = 4_096;

/**
 * What a good status came with, judged by the first bytes and only then by its labels: gateways send streams as `text/plain`
 * or `application/json`, with `content-encoding: none`, or say nothing at all. What was looked at is still there to be read.
 * @returns `stream`, `json`, or what it is instead, to follow "The provider sent"
 */
export async function contentOf(response: Response, body: BodyReader): Promise<string> {
  if (response.status === 204) return "an answer without a body";
  const type = label(response, "content-type");
  const start = (await peek(body)).replace(BLANK, "");
  if (/^[[{]/.test(start)) return "json";
  if (SSE_LINE.test(start)) return "stream";
  const encoding = label(response, "content-encoding");
  if (encoding !== "" && encoding !== "identity" && isBinary(start))
    return `an answer packed with ${encoding}`;
  // A stream without a word is one that was cut, and a stream that begins oddly is for the decoder to judge.
  if (type === "" || type === "text/event-stream") return "stream";
  if (type.includes("json")) return "json";
  return `${type} where a stream was expected`;
}

function label({ headers }: Response, name: string): string {
  const [value = ""] = (headers.get(name) ?? "").split(";");
  return value.trim().toLowerCase().slice(0, 60);
}

/** The beginning of a body: enough of it to tell a field of SSE, if that much comes. */
async function peek(body: BodyReader): Promise<string> {
  const decoder = new TextDecoder();
  const read: Uint8Array[] = [];
  let text = "";
  try {
    while (!isTelling(text)) {
      const bytes = await body.read();
      if (bytes === undefined) break;
      read.push(bytes);
      text += decoder.decode(bytes.subarray(0, MOST_LOOKED_AT), { stream: true });
    }
  } catch {
    // Whoever reads the body next meets the same error behind what had come.
  }
  for (const bytes of read.reverse()) body.unread(bytes);
  return text;
}

function isTelling(text: string): boolean {
  const start = text.replace(BLANK, "");
  return /[[{:\n\r]/.test(start) || start.length > 16 || text.length > MOST_LOOKED_AT;
}

/** Whether a text came of bytes that are none: packed bytes are not valid UTF-8, or hold control characters. */
export function isBinary(text: string): boolean {
  return /[\ufffd\p{Cc}]/u.test(text.replace(/\s/g, ""));
}
