import { EXIT } from "../exit.ts";
import { type Attempt, attemptsOn } from "./attempts.ts";
import type { Canary } from "./canary.ts";
import { openStage, type Stage } from "./stage.ts";

/** How many requests are made at once. */
const AT_ONCE = 16;

/** How long whatever was left may take to be noted, in milliseconds. */
const SETTLE_MS = 300;

/** Something that was heard from the server, and where. */
interface Heard {
  readonly where: string;
  readonly text: string;
}

/**
 * `nash-llm selftest`: plants marked keys, fails in every way that the sandbox knows, and looks for the keys in
 * answers, headers, log, metrics, and in what went to the provider.
 */
export async function runSelftest(print: (line: string) => void): Promise<number> {
  const stage = openStage();
  try {
    const answers = await makeAll(attemptsOn(stage), stage);
    await Bun.sleep(SETTLE_MS);
    const secrets = [stage.key, stage.token, stage.heliconeKey];
    const metrics = {
      where: "the metrics",
      text: await (await ask(stage, { name: "", path: "/metrics", method: "GET" })).text(),
    };
    const log = stage.log.map((text) => ({ where: "the log", text }));
    // The provider is meant to have its own key, and no other.
    const received = stage.received.map((text) => ({ where: "a request to the provider", text }));
    const leaks = [
      ...search([...answers, ...log, metrics], secrets),
      ...search(received, [stage.token, stage.heliconeKey]),
    ];

    print(`${answers.length} requests that fail, ${stage.received.length} of them at the provider`);
    print(
      `searched: ${answers.length} answers with their headers, ${log.length} lines of the log, the metrics`,
    );
    if (received.length === 0 || log.length < answers.length) {
      print("That is less than there must be: the test itself is broken.");
      return EXIT.failed;
    }
    for (const leak of new Set(leaks)) print(`LEAK  ${leak}`);
    print(leaks.length === 0 ? "No key was found: not whole, not in part, not encoded." : "Keys get out.");
    return leaks.length === 0 ? EXIT.done : EXIT.failed;
  } finally {
    await stage.stop();
  }
}

function search(heard: readonly Heard[], secrets: readonly Canary[]): string[] {
  return heard.flatMap(({ where, text }) =>
    secrets.flatMap((secret) => {
      const how = secret.foundIn(text);
      return how === undefined ? [] : [`${secret.name}, ${how}, in ${where}`];
    }),
  );
}

async function makeAll(attempts: readonly Attempt[], stage: Stage): Promise<Heard[]> {
  const heard: Heard[] = [];
  let next = 0;
  const worker = async () => {
    for (let attempt = attempts[next++]; attempt !== undefined; attempt = attempts[next++]) {
      heard.push({ where: `the answer to "${attempt.name}"`, text: await make(attempt, stage) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return heard;
}

/** All that comes back: status, headers and body, or nothing where the client left. */
async function make(attempt: Attempt, stage: Stage): Promise<string> {
  try {
    const response = await ask(stage, attempt);
    return `${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`;
  } catch (error) {
    if (attempt.leavesAfter !== undefined) return "";
    throw new Error(`no answer to "${attempt.name}"`, { cause: error });
  }
}

function ask(
  stage: Stage,
  { path, method = "POST", headers, body, leavesAfter }: Attempt,
): Promise<Response> {
  return fetch(stage.server + path, {
    method,
    headers: { "content-type": "application/json", "x-nash-llm-token": stage.token.value, ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    signal: leavesAfter === undefined ? null : AbortSignal.timeout(leavesAfter),
    redirect: "manual",
    proxy: false,
  });
}
