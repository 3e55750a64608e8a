import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { type Pairs, startPairs } from "../support/pairs.ts";

/**
 * [llmprobe](https://github.com/ddalcu/llmprobe), a conformance suite that nobody here wrote: every MUST of OpenAI's chat
 * and Responses (with the Open Responses suite inside it) and Anthropic's Messages, against providers of three protocols.
 */

setDefaultTimeout(120_000);

const LLMPROBE = fileURLToPath(import.meta.resolve("llmprobe/bin/dist/llmprobe.mjs"));

/** MUSTs that a provider of this protocol cannot meet, whoever stands before it: `docs/translation.md`. */
const CANNOT_BE_MET = {
  openai: [
    // OpenAI does not tell a stop sequence from an end.
    "messages-stop-reason",
    // A server on loopback is taken for one that knows `top_k`, and this one refuses it as OpenAI does.
    "messages-top-k-status",
  ],
  anthropic: [],
  // Responses has no stop sequences; they are refused rather than dropped.
  responses: ["chat-stop-string-status", "messages-stop-echo-status"],
} as const;

interface Report {
  readonly conformance: {
    readonly bySurface: readonly { readonly surface: string; readonly total: number }[];
    readonly results: readonly {
      readonly outcome: string;
      readonly failures: readonly { readonly id: string; readonly severity: string }[];
    }[];
  };
}

let pairs: Pairs;
beforeAll(async () => {
  pairs = await startPairs({ pace: 0 });
});
afterAll(() => pairs.stop());

describe.each(["openai", "anthropic", "responses"] as const)("llmprobe, %s provider", (protocol) => {
  test.concurrent("every MUST of every dialect", async () => {
    const { conformance } = await probe(`${pairs.baseUrl(protocol)}/v1`);
    // Nothing was left out: each surface has been found and asked.
    const asked = Object.fromEntries(conformance.bySurface.map(({ surface, total }) => [surface, total]));
    expect(Object.keys(asked).sort()).toEqual(["chat", "count-tokens", "messages", "models", "responses"]);
    expect(asked["chat"]).toBeGreaterThanOrEqual(60);
    expect(asked["responses"]).toBeGreaterThanOrEqual(60);
    expect(asked["messages"]).toBeGreaterThanOrEqual(60);
    const failed = conformance.results
      .flatMap(({ failures }) => failures)
      .filter(({ severity }) => severity === "MUST");
    expect(failed.map(({ id }) => id)).toEqual([...CANNOT_BE_MET[protocol]]);
  });
});

async function probe(baseUrl: string): Promise<Report> {
  const command = [process.execPath, LLMPROBE, baseUrl, "-k", "any-key", "-m", "demo-obedient"];
  const child = Bun.spawn([...command, "--no-save", "--no-bench", "--json"], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [said, complaint] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if (!said.startsWith("{")) throw new Error(`llmprobe has no report: ${said}${complaint}`);
  return JSON.parse(said) as Report;
}
