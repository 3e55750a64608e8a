/**
 * Run by a test, as its own process, because `NODE_EXTRA_CA_CERTS` is read when a process starts. Reads a JSON
 * list of `{url, address, family}`, or with a proxy of `{url, proxy}`, from stdin, asks one after the other, and
 * prints a JSON list of what came: the body, or the message of the failure.
 */

import { ChatError } from "../../src/core/failure.ts";
import { BodyReader, readText } from "../../src/upstream/body-reader.ts";
import { createProviderFetch } from "../../src/upstream/provider-fetch.ts";
import type { Asked } from "./authority.ts";

const visits: readonly Asked[] = await Bun.stdin.json();
const seen: string[] = [];
for (const asked of visits) {
  const url = new URL(asked.url);
  const providerFetch = createProviderFetch({
    connectTimeout: 60_000,
    locate: async () =>
      "proxy" in asked
        ? { url, addresses: [], proxy: new URL(asked.proxy) }
        : { url, address: asked.address, family: asked.family, addresses: [asked] },
  });
  try {
    const response = await providerFetch(url, {
      method: "POST",
      headers: { authorization: "Bearer a-key" },
      body: "{}",
      signal: new AbortController().signal,
    });
    seen.push((await readText(new BodyReader(response.body), 1000)).text);
  } catch (error) {
    seen.push(error instanceof ChatError ? error.message : String(error));
  }
}
process.stdout.write(JSON.stringify(seen));
// Connections that are kept for a next request would keep the process.
process.exit();
