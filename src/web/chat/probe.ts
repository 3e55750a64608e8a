import { NashError } from "../../client/index.ts";
import type { Connection } from "./connection.ts";
import { shownFailure, wordsFor } from "./failure-words.ts";
import { addressOf } from "./request.ts";
import type { Server } from "./server.ts";

/** A connection as it was entered, with the key that is sent. */
export type Entered = Connection & { readonly key: string };

const TEST_QUESTION = { role: "user", content: "Answer with the one word: ready" } as const;

/** The models that can be named at an address. @throws {NashError}; the signal's reason when it aborts */
export function listModels(
  server: Server,
  entered: Entered,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (entered.baseUrl === "") return server.routes(signal);
  return server.call(async (client) => {
    const { baseUrl, key, provider } = entered;
    const models = await client.models({ api_base_url: baseUrl, api_key: key, provider }, { signal });
    return models.map(({ id }) => id);
  });
}

/** Puts one small question. @returns milliseconds until the first word @throws as `listModels` */
export async function testConnection(server: Server, entered: Entered, signal: AbortSignal): Promise<number> {
  const started = performance.now();
  const request = { messages: [TEST_QUESTION], model: entered.model, ...addressOf(entered, entered.key) };
  await server.call(async (client) => {
    // The first word is proof enough; leaving here ends the answer.
    for await (const event of client.stream(request, { signal })) if (event.type === "text") break;
  });
  return performance.now() - started;
}

/** What failed, in plain words. */
export function sentence(error: unknown): string {
  if (!(error instanceof NashError)) return String(error);
  const { title, advice } = wordsFor(shownFailure(error));
  return `${title} ${advice} It says: ${error.message}`;
}

/** An older server does not have this path; the provider's own 404 is another thing. */
export function isMissingPath(error: unknown): boolean {
  return error instanceof NashError && error.status === 404 && error.providerStatus === undefined;
}
