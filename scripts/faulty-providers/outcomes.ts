import {
  type Body,
  CHAT,
  chatBody,
  post,
  readNativeStream,
  readRefusal,
} from "../../tests/support/answers.ts";
import type { Program } from "../../tests/support/program.ts";
import type { ProtocolName } from "../../tests/support/streams.ts";
import { type FaultyProvider, PROMPT } from "./servers.ts";

/** A provider with faults, and the same without any. */
export interface FaultyPair {
  readonly faulty: FaultyProvider;
  readonly good: FaultyProvider;
}

/** What became of so many requests. The invariant: nothing is `short` and nothing is `broken`. */
export interface Outcomes {
  /** The whole text, and an end that says so. */
  whole: number;
  /** Some or no text, and an `error` line. */
  toldInStream: number;
  /** A real status of an error. */
  toldByStatus: number;
  /** Other than the whole text, and an end as if it were. */
  short: number;
  /** No answer that docs/protocol.md allows. */
  broken: number;
  /** Types of the errors that were told, counted. */
  readonly types: Record<string, number>;
}

/**
 * Asks one after another, and judges each answer by what the same provider says without faults. Each request has words
 * of its own: llmock takes equal ones for tries of the same.
 */
export async function ask(
  program: Program,
  { faulty, good }: FaultyPair,
  protocol: ProtocolName,
  requests: number,
): Promise<Outcomes> {
  const outcomes: Outcomes = { whole: 0, toldInStream: 0, toldByStatus: 0, short: 0, broken: 0, types: {} };
  for (let at = 1; at <= requests; at++) {
    const expected = await wholeText(program, requestTo(good, protocol, at));
    outcomes[await outcomeOf(program, requestTo(faulty, protocol, at), expected, outcomes.types)]++;
  }
  return outcomes;
}

type Outcome = Exclude<keyof Outcomes, "types">;

async function outcomeOf(
  program: Program,
  request: Body,
  expected: string,
  types: Record<string, number>,
): Promise<Outcome> {
  try {
    const response = await post(program, CHAT, request);
    if (response.status !== 200) {
      count(types, (await readRefusal(response)).error.type);
      return "toldByStatus";
    }
    const { text, error } = readNativeStream(await response.text());
    if (error === undefined) return text === expected ? "whole" : "short";
    count(types, error.type);
    return "toldInStream";
  } catch (error) {
    count(types, error instanceof Error ? error.message.slice(0, 80) : "?");
    return "broken";
  }
}

/** What a provider without faults answers through the program. @throws where it is not a whole answer */
async function wholeText(program: Program, request: Body): Promise<string> {
  const { text, error } = readNativeStream(await (await post(program, CHAT, request)).text());
  if (error !== undefined || text === "")
    throw new Error(`No whole answer without faults: ${error?.message}`);
  return text;
}

const requestTo = (provider: FaultyProvider, protocol: ProtocolName, at: number) =>
  chatBody(provider.baseUrl(protocol), protocol === "openai" ? "gpt-4o" : "claude-sonnet-4-5", {
    provider: protocol,
    messages: [{ role: "user", content: `${PROMPT}, number ${at}` }],
    stream_options: { include_usage: true },
  });

const count = (types: Record<string, number>, type: string) => {
  types[type] = (types[type] ?? 0) + 1;
};
