/**
 * What a client is told of a broken stream: with nothing between it and the provider, through this program, and through
 * gateways of others. The vendors' SDKs are the judges, once event by event and once by their helper.
 *
 *   bun run honesty --program ./nash-llm
 *
 * LiteLLM (PyPI) and Portkey (npm) are installed into ~/.cache/nash-llm at the first run, and left out where that fails.
 */
import { Command } from "commander";
import { startPairs } from "../tests/support/pairs.ts";
import { liteLlm, nashLlm, nothing, portkey, type Relay, type Row } from "./honesty/relays.ts";
import { HEAD, judgeRow, lineOf } from "./honesty/table.ts";

const PEERS = { LiteLLM: liteLlm, Portkey: portkey } as const;

const options: { readonly program?: string; readonly peers: boolean } = new Command("honesty")
  .description("what SDKs make of broken streams, through whom")
  .option("--program <file>", "the compiled program, in place of the source")
  .option("--no-peers", "nothing of others is installed or started")
  .parse()
  .opts();

if (options.program !== undefined) process.env["NASH_LLM_UNDER_TEST"] = options.program;
await run();

async function run(): Promise<void> {
  const pairs = await startPairs({ pace: 0 });
  const missing: string[] = [];
  try {
    console.log(HEAD);
    await print([...nothing(pairs.sandbox), ...nashLlm(pairs)]);
    for (const [name, start] of options.peers ? Object.entries(PEERS) : []) {
      let relay: Relay;
      try {
        relay = await start(pairs.sandbox);
      } catch (error) {
        missing.push(`${name} did not run: ${error instanceof Error ? error.message : String(error)}`);
        continue;
      }
      await print(relay.rows).finally(() => relay.stop());
    }
  } finally {
    await pairs.stop();
  }
  for (const line of missing) console.log(`\n${line}`);
}

async function print(rows: readonly Row[]): Promise<void> {
  for (const row of rows) console.log(lineOf(row, await judgeRow(row)));
}
