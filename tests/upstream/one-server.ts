/** Requests by the transport to a server that says exactly what a test tells it to. */

import { afterEach } from "bun:test";
import { Secret } from "../../src/core/secret.ts";
import type { Reply } from "../../src/upstream/reply.ts";
import { exchange } from "../../src/upstream/transport.ts";
import { type StandIn, startStandIn, type Visit } from "../support/stand-in.ts";

export const HEAD = "HTTP/1.1 200 OK\r\n";
export const HELLO = `${HEAD}content-length: 5\r\n\r\nhello`;

/** Gives what starts a server that answers each visit with these words. It is stopped when the test is over. */
export function oneServer() {
  let standIn: StandIn | undefined;
  afterEach(async () => {
    await standIn?.stop();
    standIn = undefined;
  });
  return async (answer: string | ((visit: Visit, index: number) => void)): Promise<StandIn> => {
    standIn = await startStandIn(
      typeof answer === "string" ? ({ socket }) => void socket.write(answer, "latin1") : answer,
    );
    return standIn;
  };
}

export function ask(
  { url }: Pick<StandIn, "url">,
  options: { body?: string; signal?: AbortSignal; headers?: Record<string, string>; key?: string } = {},
): Promise<Reply> {
  return exchange(
    new URL(url),
    { address: "127.0.0.1", family: 4 },
    {
      method: "POST",
      headers: options.headers ?? {},
      body: options.body ?? "{}",
      connectMs: 60_000,
      signal: options.signal ?? new AbortController().signal,
      secrets: [new Secret(options.key ?? "a key")],
    },
  );
}

export async function textOf({ body }: Reply): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for (let bytes = await body.read(); bytes !== undefined; bytes = await body.read())
    text += decoder.decode(bytes, { stream: true });
  return text;
}

/** The code of the error that a promise rejects with, or what it rejects with where that has none. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => "nothing wrong",
    (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
  );
}
