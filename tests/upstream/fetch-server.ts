/** Requests by the provider fetch to a server that says exactly what a test tells it to. */

import { afterEach } from "bun:test";
import { ChatError } from "../../src/core/failure.ts";
import type { Destination } from "../../src/upstream/address-policy.ts";
import { BodyReader, readText } from "../../src/upstream/body-reader.ts";
import { createProviderFetch, type PlatformFetch } from "../../src/upstream/provider-fetch.ts";
import { type StandIn, startStandIn, type Visit } from "../support/stand-in.ts";

export const HEAD = "HTTP/1.1 200 OK\r\n";
export const HELLO = `${HEAD}content-length: 5\r\n\r\nhello`;

/** Gives what starts a server that answers each request with these bytes. It is stopped when the test is over. */
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

/** Where a URL leads in these tests: to loopback, whatever its name. */
export function locally(
  url: URL,
  addresses: Destination["addresses"] = [{ address: "127.0.0.1", family: 4 }],
): Promise<Destination> {
  return Promise.resolve({ url, ...addresses[0], addresses });
}

export interface FetchOptions {
  readonly body?: string;
  readonly signal?: AbortSignal;
  readonly headers?: Record<string, string>;
  readonly connectTimeout?: number;
  readonly locate?: (url: URL) => Promise<Destination>;
  readonly fetch?: PlatformFetch;
}

export function post({ url }: Pick<StandIn, "url">, options: FetchOptions = {}): Promise<Response> {
  const { connectTimeout = 60_000, locate = locally, fetch } = options;
  const providerFetch = createProviderFetch({
    locate: (to) => locate(to),
    connectTimeout,
    ...(fetch && { fetch }),
  });
  return providerFetch(new URL(url), {
    method: "POST",
    headers: options.headers ?? {},
    body: options.body ?? "{}",
    signal: options.signal ?? new AbortController().signal,
  });
}

export async function textOf(response: Response): Promise<string> {
  return (await readText(new BodyReader(response.body), Number.POSITIVE_INFINITY)).text;
}

/** What a promise rejects with: the type of a failure of ours, a code, or the thing itself. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => "nothing wrong",
    (error: unknown) => {
      if (error instanceof ChatError) return error.failure.type;
      return error instanceof Error && "code" in error ? error.code : error;
    },
  );
}
