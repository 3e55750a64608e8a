import { Deadline } from "../core/deadline.ts";
import { ChatError, type Failure } from "../core/failure.ts";
import type { BodyLimits } from "./services.ts";

/**
 * The JSON of a request's body. Read within a size and a time, and measured for its depth before it is parsed:
 * JSON nested a hundred thousand deep would stop the server.
 * @throws {ChatError} `too_large`, `timeout`, or `invalid_request` with status 400
 */
export async function readJson(request: Request, limits: BodyLimits): Promise<unknown> {
  if (Number(request.headers.get("content-length") ?? 0) > limits.maxBytes) throw tooLarge(limits);
  const text = decode(await readBytes(request, limits));
  if (depthOf(text, limits.maxDepth) > limits.maxDepth) {
    throw broken(`The body is nested more than ${limits.maxDepth} deep.`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw broken("The body is not JSON.");
  }
}

/** A body whose length is known comes in one piece; Bun has refused it if it is longer than it said. */
async function readBytes(request: Request, limits: BodyLimits): Promise<Uint8Array> {
  const late = Promise.withResolvers<never>();
  const deadline = new Deadline({ onTimeout: () => late.reject(new ChatError(tooSlow(limits))) });
  deadline.set(limits.timeoutMs);
  // To look at `body` is to make a stream of it.
  const bytes = request.headers.has("content-length") ? request.bytes() : readPieces(request.body, limits);
  bytes.catch(() => undefined);
  try {
    return await Promise.race([bytes, late.promise]);
  } catch (error) {
    throw error instanceof ChatError ? error : broken("The body did not arrive whole.");
  } finally {
    deadline.clear();
  }
}

async function readPieces(body: Request["body"], limits: BodyLimits): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limits.maxBytes) throw tooLarge(limits);
  }
  return Buffer.concat(chunks, size);
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw broken("The body is not UTF-8.");
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * How deep a JSON text is nested, as far as `enough`. Strings are skipped whole, so it costs little where there
 * is much text. Broken JSON gives some number; parsing refuses it.
 */
export function depthOf(json: string, enough: number): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < json.length && deepest <= enough; i++) {
    const code = json.charCodeAt(i);
    if (code === QUOTE) i = endOfString(json, i);
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return deepest;
}

/** Where the string that begins at `start` ends: at its closing quote, or with the text. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return json.length;
}

function tooLarge({ maxBytes }: BodyLimits): ChatError {
  return new ChatError({ type: "too_large", message: `The body is larger than ${maxBytes} bytes.` });
}

function tooSlow({ timeoutMs }: BodyLimits): Failure {
  return {
    type: "timeout",
    message: `The body did not arrive within ${timeoutMs / 1000} seconds.`,
    status: 408,
  };
}

function broken(message: string): ChatError {
  return new ChatError({ type: "invalid_request", message, status: 400 });
}
