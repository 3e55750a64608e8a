/**
 * Run by a test, as its own process, because `NODE_EXTRA_CA_CERTS` is read when a process starts. Reads a JSON
 * list of `{url, address, family}` from stdin, fetches one after the other, and prints a JSON list of what came:
 * the body, or the code of the error.
 */

import { fetchTarget } from "../../src/upstream/guard.ts";
import type { ResolvedAddress } from "../../src/upstream/resolve.ts";

const visits: readonly ({ url: string } & ResolvedAddress)[] = await Bun.stdin.json();
const seen: string[] = [];
for (const { url, ...resolved } of visits) {
  const {
    url: direct,
    headers,
    tls,
  } = fetchTarget({ url: new URL(url), ...resolved, addresses: [resolved] });
  try {
    const response = await fetch(direct, { method: "POST", headers, ...(tls === undefined ? {} : { tls }) });
    seen.push(await response.text());
  } catch (error) {
    seen.push(String((error as { code?: unknown }).code));
  }
}
process.stdout.write(JSON.stringify(seen));
