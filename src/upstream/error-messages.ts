import type { Failure } from "../core/failure.ts";
import { redact, type Secret } from "../core/secret.ts";

/** What docs/protocol.md 2 allows of a provider's own message, in bytes of UTF-8. */
const MAX_MESSAGE_BYTES = 2048;

/** Where an element begins whose content is not for reading, or a comment. */
const UNREADABLE = /<(script\b|style\b|!--)/gi;
const ENDS: Readonly<Record<string, RegExp>> = {
  script: /<\/script/i,
  style: /<\/style/i,
  "!--": /(?<=-->)/,
};
const TAGS = /<[a-z!/][^<>]*>/gi;
const BROKEN_TAGS = /<+(?=[a-z!/])/gi;

/** A failure whose message is fit to be shown: without keys, without HTML, not too long. */
export function sanitizeFailure(failure: Failure, secrets: readonly Secret[]): Failure {
  const said = redact(failure.message, secrets);
  // Tags may part a key: what a reader would put together again must not be there either.
  const joined = withoutHtml(said, "");
  const clean = redact(joined, secrets);
  const text = (clean === joined ? withoutHtml(said, " ") : clean).replace(/[ \t\r\n]{2,}/g, " ");
  const message = truncate(text.trim(), MAX_MESSAGE_BYTES);
  const param = failure.param === undefined ? {} : { param: truncate(redact(failure.param, secrets), 200) };
  return { ...failure, ...param, message: message === "" ? "The provider gave no message." : message };
}

/** The text between tags. Goes through it once, however it is made. */
function withoutHtml(html: string, glue: string): string {
  let text = "";
  let start = 0;
  for (const { index, 1: opening = "" } of html.matchAll(UNREADABLE)) {
    const closing = ENDS[opening.toLowerCase()];
    if (index < start || closing === undefined) continue;
    text += html.slice(start, index) + glue;
    const length = html.slice(index).search(closing);
    start = length === -1 ? html.length : index + length;
  }
  return (text + html.slice(start)).replace(TAGS, glue).replace(BROKEN_TAGS, "");
}

/** The start of a text that fits into so many bytes of UTF-8, cut between characters. */
function truncate(text: string, maxBytes: number): string {
  const bytes = new Uint8Array(maxBytes);
  const { read, written } = new TextEncoder().encodeInto(text, bytes);
  return read === text.length ? text : new TextDecoder().decode(bytes.subarray(0, written));
}

const CERTIFICATE_CODE = /CERT|SSL|TLS|UNABLE_TO_(?:VERIFY|GET)|SELF_SIGNED|ALTNAME/i;

/** What went wrong below HTTP, in words for a person. Runtime's own words stay out: they vary and may quote headers. */
export function networkFailure(error: unknown, host: string): Failure {
  const code = codeOf(error);
  return { type: "network", message: networkMessage(code, host) };
}

function networkMessage(code: string, host: string): string {
  if (CERTIFICATE_CODE.test(code)) return `The certificate of ${host} could not be verified (${code}).`;
  if (code === "ConnectionRefused" || code === "ECONNREFUSED" || code === "FailedToOpenSocket") {
    return `Nothing answers at ${host}.`;
  }
  if (code === "ConnectionClosed" || code === "ECONNRESET" || code === "UnexpectedEOF") {
    return `${host} closed the connection without an answer.`;
  }
  return code === "" ? `The connection to ${host} failed.` : `The connection to ${host} failed (${code}).`;
}

/** The runtime's code for an error, empty where it has none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const code = "code" in error ? error.code : undefined;
  return typeof code === "string" && /^\w{1,60}$/.test(code) ? code : "";
}
