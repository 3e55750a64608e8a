/**
 * Run by a test, as its own process, because `NODE_EXTRA_CA_CERTS` is read when a process starts. Reads a JSON
 * list of `{url, address, family}` from stdin, visits one after the other, and prints a JSON list of what came:
 * the body, or the code of the error.
 */

import { readText } from "../../src/upstream/body.ts";
import type { ResolvedAddress } from "../../src/upstream/resolve.ts";
import { exchange } from "../../src/upstream/transport.ts";

const visits: readonly ({ url: string } & ResolvedAddress)[] = await Bun.stdin.json();
const { signal } = new AbortController();
const seen: string[] = [];
for (const { url, ...resolved } of visits) {
  try {
    const outgoing = {
      method: "POST",
      headers: {},
      body: "{}",
      connectMs: 60_000,
      secrets: [],
      signal,
    } as const;
    const { body } = await exchange(new URL(url), resolved, outgoing);
    seen.push((await readText(body, 1000)).text);
  } catch (error) {
    seen.push(String((error as { code?: unknown }).code));
  }
}
process.stdout.write(JSON.stringify(seen));
// Connections that are kept for a next request would keep the process.
process.exit();
