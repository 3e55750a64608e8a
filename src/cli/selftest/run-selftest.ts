import type { FailureType } from "../../core/failure.ts";
import { EXIT } from "../exit.ts";
import { type Attempt, attemptsOn, plainRequest, silentAnswer } from "./attempts.ts";
import type { Canary } from "./canary.ts";
import { answerTo } from "./send-attempt.ts";
import { MOST_ANSWERS, openStage, type Stage } from "./stage.ts";

/** How many requests are made at once. */
const AT_ONCE = 16;

/** How long whatever was left may take to be noted, in milliseconds. */
const SETTLE_MS = 300;

/** Every kind of error but the server's own faults and a provider's filter, which the sandbox has no error for. */
const DRIVEN: readonly FailureType[] = [
  "invalid_request",
  "unauthorized",
  "forbidden",
  "not_found",
  "method_not_allowed",
  "unsupported_media_type",
  "too_large",
  "authentication",
  "permission",
  "quota",
  "rate_limit",
  "context_overflow",
  "upstream",
  "network",
  "bad_output",
  "incomplete",
  "overloaded",
  "timeout",
];

/** How long a request may take to reach the provider, in milliseconds. */
const ARRIVAL_MS = 5_000;

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
    return await test(stage, print);
  } catch (error) {
    print(`The test could not be finished: ${error instanceof Error ? error.message : String(error)}.`);
    return EXIT.failed;
  } finally {
    await stage.stop();
  }
}

async function test(stage: Stage, print: (line: string) => void): Promise<number> {
  const answers = [...(await makeAll(attemptsOn(stage), stage)), ...(await whenFull(stage))];
  await Bun.sleep(SETTLE_MS);
  const metrics = await hear(stage, { name: "the metrics", path: "/metrics", method: "GET" });
  answers.push(...(await whenStopping(stage)));

  const log = stage.log.map((text) => ({ where: "the log", text }));
  // The provider is meant to have its own key, and no other.
  const received = stage.received.map((text) => ({ where: "a request to the provider", text }));
  const leaks = new Set([
    ...search([...answers, ...log, metrics], [stage.key, stage.token, stage.heliconeKey]),
    ...search(received, [stage.token, stage.heliconeKey]),
    ...received
      .filter(({ text }) => text.includes("/elsewhere"))
      .map(() => "A redirect was followed, key and all"),
  ]);

  print(`${answers.length} requests, most of them meant to fail; ${received.length} reached the provider`);
  print(
    `searched: the answers with their headers, ${log.length} lines of the log, the metrics, the provider's mail`,
  );
  const missed = DRIVEN.filter(
    (type) => !answers.some(({ text }) => text.includes(`"error":{"type":"${type}"`)),
  );
  if (missed.length > 0 || received.length === 0 || log.length < answers.length) {
    print(
      `The test itself is broken: ${missed.length > 0 ? `no error was ${missed.join(", ")}` : "too little was heard"}.`,
    );
    return EXIT.failed;
  }
  print(`errors of ${DRIVEN.length} kinds: ${DRIVEN.join(", ")}`);
  for (const leak of leaks) print(`LEAK  ${leak}`);
  print(leaks.size === 0 ? "No key was found: not whole, not in part, not encoded." : "Keys get out.");
  return leaks.size === 0 ? EXIT.done : EXIT.failed;
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
      heard.push(await hear(stage, attempt));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return heard;
}

async function hear(stage: Stage, attempt: Attempt): Promise<Heard> {
  return { where: `the answer to "${attempt.name}"`, text: await answerTo(stage, attempt) };
}

/** More answers at once than there can be. */
function whenFull(stage: Stage): Promise<Heard[]> {
  const attempts = Array.from({ length: MOST_ANSWERS + AT_ONCE }, () =>
    silentAnswer(stage, "one of too many"),
  );
  return Promise.all(attempts.map((attempt) => hear(stage, attempt)));
}

/** A server that stops: what it says to those who come, and to one who is there. */
async function whenStopping(stage: Stage): Promise<Heard[]> {
  const before = stage.received.length;
  const running = hear(stage, silentAnswer(stage, "one that runs while the server stops"));
  const until = performance.now() + ARRIVAL_MS;
  while (stage.received.length === before && performance.now() < until) await Bun.sleep(1);
  const stopped = stage.stopServer();
  const late = await hear(stage, plainRequest(stage, "one that comes while the server stops"));
  const heard = [late, await running];
  await stopped;
  return heard;
}
