import type { SandboxRecord } from "../../src/sandbox/record.ts";
import type { HeadlessProgram, Said, Task } from "./headless.ts";

/** What a program ran into, and whether its user was told rightly. */
export interface Result {
  readonly kept: boolean;
  /** What came, in a few words. */
  readonly figure: string;
}

export interface Scenario {
  readonly name: string;
  readonly model: string;
  readonly prompt: (program: HeadlessProgram) => string;
  /** @param requests what the provider was asked meanwhile */
  readonly judge: (said: Said, requests: readonly SandboxRecord[]) => Result;
  /** OpenAI's reasoning models refuse `max_tokens`, which a server on loopback is sent and Messages always has. */
  readonly takesNoMaxTokens?: true;
  /** A first turn, after which the conversation is made short. */
  readonly before?: (program: HeadlessProgram) => string;
}

const TEN = Array.from({ length: 10 }, (_, at) => `tok-${String(at + 1).padStart(4, "0")}`).join(" ");
const THANKS = "the result of the tool has arrived";
/** Only who has run the command knows it. */
const RESULT = "42042";
const command = ({ commandTool }: HeadlessProgram) => `Use ${commandTool} to run \`echo $((6*7*1001))\``;
const hello = () => "Say hello";

function wholeText({ text, error }: Said): Result {
  const kept = error === undefined && text.replaceAll(/\s+/g, " ").includes(TEN);
  return { kept, figure: kept ? "whole" : (error ?? `other: ${text.slice(0, 80)}`) };
}

/** What holds the result of a call, in each protocol. */
const RESULTS = /"type":"(?:tool_result|function_call_output)"|"role":"tool"/g;

const toolResults =
  (times: number) =>
  ({ text, error }: Said, requests: readonly SandboxRecord[]): Result => {
    const bodies = requests.map(({ body }) => JSON.stringify(body)).filter((body) => body.includes(RESULT));
    const most = Math.max(0, ...bodies.map((body) => body.match(RESULTS)?.length ?? 0));
    const kept = error === undefined && text.includes(THANKS) && most === times;
    return {
      kept,
      figure: kept ? `${times} run, answered` : (error ?? `${most} results, ${text.slice(0, 80)}`),
    };
  };

const toldOf =
  (words: RegExp) =>
  ({ text, error }: Said): Result => ({
    kept: error !== undefined && words.test(error),
    figure: error === undefined ? `SILENT: ${text.slice(0, 80)}` : `told: ${error.slice(0, 100)}`,
  });

export const SCENARIOS: readonly Scenario[] = [
  { name: "a text", model: "demo-numbered-10-0", prompt: hello, judge: wholeText },
  { name: "a tool round trip", model: "demo-tool", prompt: command, judge: toolResults(1) },
  {
    name: "reasoning, then a tool",
    model: "demo-reasoning-tool",
    takesNoMaxTokens: true,
    prompt: command,
    judge: toolResults(1),
  },
  { name: "two parallel tools", model: "demo-parallel", prompt: command, judge: toolResults(2) },
  {
    name: "an error after text",
    model: "demo-error-mid",
    prompt: hello,
    judge: toldOf(/overload|at capacity|busy|\b5\d\d\b/i),
  },
  { name: "a cut", model: "demo-cut", prompt: hello, judge: toldOf(/cut off|broken JSON/i) },
  { name: "a cut call", model: "demo-cut-call", prompt: command, judge: toldOf(/cut off|broken JSON/i) },
  { name: "a 429", model: "demo-429", prompt: hello, judge: toldOf(/rate limit|too many|429/i) },
  { name: "an overflow", model: "demo-overflow", prompt: hello, judge: toldOf(/context|too long|prompt/i) },
  {
    name: "a slow first token",
    model: "demo-slow",
    prompt: hello,
    judge: ({ text, error }) => ({
      kept: error === undefined && text.includes("[demo]"),
      figure: error ?? (text.includes("[demo]") ? "whole" : `other: ${text.slice(0, 80)}`),
    }),
  },
  {
    name: "compaction",
    model: "demo-obedient",
    before: command,
    prompt: () => "Say exactly: all is well",
    judge: ({ text, error }) => {
      const kept = error === undefined && text.includes("all is well");
      return { kept, figure: kept ? "made short, went on" : (error ?? `other: ${text.slice(0, 80)}`) };
    },
  },
];

/** Runs a scenario; undefined where the program has nothing of the kind. */
export async function play(
  scenario: Scenario,
  program: HeadlessProgram,
  protocol: "openai" | "anthropic" | "responses",
  { baseUrl, home, requests }: { baseUrl: string; home: string; requests: readonly SandboxRecord[] },
): Promise<Result | undefined> {
  const { model, before, judge } = scenario;
  if (scenario.takesNoMaxTokens && protocol === "openai" && program.dialect(protocol) === "Messages")
    return undefined;
  const task: Task = { baseUrl, model, prompt: scenario.prompt(program) };
  if (before === undefined) return judge(await program.run(task, home), requests);
  if (program.compactAndGoOn === undefined) return undefined;
  const first = await program.run({ ...task, prompt: before(program) }, home);
  if (first.error !== undefined) return { kept: false, figure: `the first turn: ${first.error}` };
  return judge(await program.compactAndGoOn(task, home), requests);
}
