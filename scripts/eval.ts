/**
 * Judges the summaries of a model on long conversations written for this:
 *
 *   bun run eval --base-url https://api.openai.com/v1 --model gpt-4o --key-file key.txt
 *
 * The key comes from a file or from NASH_LLM_EVAL_KEY. Without one the sandbox answers, a script and no language model:
 * then only the machinery is checked. The real server makes the summaries, one of its own or the one at --server.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { createClient } from "../src/client/index.ts";
import { resolveProvider } from "../src/providers/index.ts";
import { startSandbox } from "../src/sandbox/server.ts";
import { allCases } from "./eval/cases/index.ts";
import { remarks, table } from "./eval/evaluation-report.ts";
import { startEvaluationServer } from "./eval/evaluation-server.ts";
import { type Failed, type Result, runCase, type Setting } from "./eval/run-case.ts";

interface Options {
  readonly baseUrl?: string;
  readonly model?: string;
  readonly provider?: "openai" | "anthropic";
  readonly keyFile?: string;
  readonly server?: string;
  readonly stretch?: number;
  readonly only?: string;
  readonly timeout: number;
  readonly json?: string;
  readonly show?: true;
}

const NO_MODEL = `No key was given, so the sandbox answers: a script, no language model. Only the machinery is checked, and
nothing below says how good summaries are. For that, name --base-url and --model, and put the key into
NASH_LLM_EVAL_KEY or a file named by --key-file.`;

/** Some 7,000 tokens for each conversation; and long enough for the sandbox's window of 8,000 tokens to need parts. */
const STRETCH = 3;
const SANDBOX_STRETCH = 4;

const options: Options = new Command("eval")
  .description("judge the summaries of a model")
  .option("--base-url <url>", "the provider's address")
  .option("--model <name>", "the model to judge")
  .addOption(new Option("--provider <protocol>", "the wire protocol").choices(["openai", "anthropic"]))
  .option("--key-file <file>", "a file that holds the key")
  .option("--server <url>", "a running server to ask in place of one of its own")
  .option("--stretch <times>", "how often the small talk is repeated, for longer conversations", positive)
  .option("--only <words>", "only cases with these words in their name")
  .option("--timeout <seconds>", "most time for one case", positive, 600)
  .option("--json <file>", "write all results, summaries included, to a file")
  .option("--show", "print the summaries")
  .parse()
  .opts();

process.exitCode = await evaluate(options);

async function evaluate({ stretch, only = "", timeout, json, show, ...given }: Options): Promise<number> {
  const key =
    given.keyFile === undefined ? process.env["NASH_LLM_EVAL_KEY"] : readFileSync(given.keyFile, "utf8");
  const judged = Boolean(key?.trim());
  if (judged && (given.baseUrl === undefined || given.model === undefined)) {
    console.error("A key goes to one address and one model: name --base-url and --model.");
    return 2;
  }
  const cases = allCases(stretch ?? (judged ? STRETCH : SANDBOX_STRETCH)).filter(({ name }) =>
    name.includes(only),
  );
  if (cases.length === 0) {
    console.error(`No case has "${only}" in its name.`);
    return 2;
  }
  if (!judged) console.log(`${NO_MODEL}\n`);
  const sandbox = judged ? undefined : startSandbox({ pace: 0 });
  const own = given.server === undefined ? startEvaluationServer() : undefined;
  const base = (judged && given.baseUrl) || sandbox?.url || "";
  const model = (judged && given.model) || "demo-window";
  const setting: Setting = {
    client: createClient({ baseUrl: given.server ?? own?.url, token: process.env["NASH_LLM_TOKEN"] }),
    address: { api_base_url: base, api_key: key?.trim() || "any-word" },
    model,
    provider: given.provider,
    providerOptions: usageOption(base, model, given.provider),
    timeoutMs: timeout * 1000,
    takeUsage: own?.takeUsage ?? (() => Promise.resolve(undefined)),
  };
  const results: (Result | Failed)[] = [];
  for (const one of cases) {
    process.stderr.write(`  ${one.name} …\n`);
    const result = await runCase(one, setting);
    results.push(result);
    if (show && "summary" in result) console.log(`\n== ${one.name} ==\n${result.summary}\n`);
    // One refused key is enough.
    if ("error" in result && /^(?:authentication|quota|permission)/.test(result.error)) break;
  }
  await own?.stop();
  await sandbox?.stop();

  console.log(table(results, judged));
  for (const remark of remarks(results, judged)) console.log(`  ${remark}`);
  if (json !== undefined) {
    writeFileSync(
      json,
      `${JSON.stringify({ model, judged, date: new Date().toISOString(), results }, null, 2)}\n`,
    );
  }
  const isSound =
    results.length === cases.length && results.every((one) => "score" in one && one.faults.length === 0);
  console.log(
    `\nmachinery: ${isSound ? "sound" : "not sound, see above"}${judged ? "" : "; summaries: not judged, no model was asked"}`,
  );
  return isSound ? 0 : 1;
}

/** What makes a provider report what a summary has cost, where it does so only if asked. */
function usageOption(base: string, model: string, protocol: Options["provider"]): Setting["providerOptions"] {
  const url = URL.parse(base);
  if (url === null) return undefined;
  const provider = resolveProvider(url, model, protocol);
  const mustAsk = provider.protocol.name === "openai" && provider.traits.usageOption;
  return mustAsk ? { stream_options: { include_usage: true } } : undefined;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError("It must be a whole number from 1 on.");
  return value;
}
