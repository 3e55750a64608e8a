/**
 * Run by a test, as its own process, because `NODE_EXTRA_CA_CERTS` is read when a process starts. Reads a JSON
 * list of `{url, address, family}`, or with a proxy of `{url, proxy}`, from stdin, visits one after the other, and
 * prints a JSON list of what came: the body, the code of the error, or the message of a failure of ours.
 */

import { ChatError } from "../../src/core/failure.ts";
import { readText } from "../../src/upstream/body.ts";
import { exchangeThrough } from "../../src/upstream/proxied.ts";
import { exchange } from "../../src/upstream/transport.ts";
import type { Asked } from "./authority.ts";

const visits: readonly Asked[] = await Bun.stdin.json();
const { signal } = new AbortController();
const seen: string[] = [];
for (const { url, ...by } of visits) {
  try {
    const outgoing = {
      method: "POST",
      headers: { authorization: "Bearer a-key" },
      body: "{}",
      connectMs: 60_000,
      secrets: [],
      signal,
    } as const;
    const { body } = await ("proxy" in by
      ? exchangeThrough(new URL(by.proxy), new URL(url), outgoing)
      : exchange(new URL(url), by, outgoing));
    seen.push((await readText(body, 1000)).text);
  } catch (error) {
    seen.push(error instanceof ChatError ? error.message : String((error as { code?: unknown }).code));
  }
}
process.stdout.write(JSON.stringify(seen));
// Connections that are kept for a next request would keep the process.
process.exit();
