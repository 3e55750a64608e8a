/** The programs that the requests go to, and the look into their logs. */

import { type Program, startProgram } from "../../tests/support/program.ts";
import { KEY } from "./request-bodies.ts";
import { promise } from "./run-inputs.ts";

/** Timeouts that expire soon, though not on a busy machine, no second tries, and a body limit that a fuzzer reaches. */
const IMPATIENT = [
  "--no-detect",
  "--retries",
  "0",
  "--first-event-timeout",
  "3",
  "--gap-timeout",
  "3",
  "--max-body",
  "200000",
];

/** A program on loopback, or bound beyond it with a token. */
export function startServer(token?: string): Promise<Program> {
  return token === undefined
    ? startProgram({ args: IMPATIENT })
    : startProgram({ args: [...IMPATIENT, "--host", "0.0.0.0"], env: { NASH_LLM_TOKEN: token } });
}

/** Looks at what a program logged since the last look, and whether it lives. */
export function watcher(program: Program): () => Promise<void> {
  let seen = 0;
  return async () => {
    const response = await fetch(`http://127.0.0.1:${program.port}/health`).catch((error: unknown) => error);
    promise(
      response instanceof Response && response.status === 200,
      () => `no good health: ${String(response)} ${program.stderr().slice(-2_000)}`,
    );
    const log = program.stderr() + program.stdout();
    const news = log.slice(Math.max(0, seen - KEY.length));
    seen = log.length;
    promise(!news.includes(KEY), () => `the key is in the log: ${lineWith(news, KEY)}`);
    promise(
      !news.includes('"stack"'),
      () => `a fault of our own is in the log: ${lineWith(news, '"stack"')}`,
    );
  };
}

function lineWith(text: string, word: string): string {
  return text.split("\n").find((line) => line.includes(word)) ?? "";
}
