import type { Program } from "../../tests/support/program.ts";
import type { ProtocolName } from "../../tests/support/streams.ts";
import type { Dialect, Question } from "./dialects.ts";
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
  /** Some or no text, and an error in the stream. */
  toldInStream: number;
  /** A real status of an error. */
  toldByStatus: number;
  /** Other than the whole text or without an end, and no error. */
  short: number;
  /** No answer that can be read. */
  broken: number;
  /** Types of the errors that were told, counted. */
  readonly types: Record<string, number>;
}

/**
 * Asks one after another, and judges each answer by what the same provider says without faults. Each request has text
 * of its own: llmock takes equal ones for tries of the same.
 */
export async function ask(
  program: Program,
  dialect: Dialect,
  { faulty, good }: FaultyPair,
  protocol: ProtocolName,
  requests: number,
): Promise<Outcomes> {
  const outcomes: Outcomes = { whole: 0, toldInStream: 0, toldByStatus: 0, short: 0, broken: 0, types: {} };
  for (let at = 1; at <= requests; at++) {
    const words = crypto.randomUUID();
    const { text } = await dialect(program, questionTo(good, protocol, words));
    if (text === "") throw new Error(`${good.name} gave no whole answer without faults.`);
    outcomes[await outcomeOf(program, dialect, questionTo(faulty, protocol, words), text, outcomes.types)]++;
  }
  return outcomes;
}

type Outcome = Exclude<keyof Outcomes, "types">;

async function outcomeOf(
  program: Program,
  dialect: Dialect,
  question: Question,
  expected: string,
  types: Record<string, number>,
): Promise<Outcome> {
  try {
    const { status, text, error, isFinished } = await dialect(program, question);
    if (error !== undefined) {
      count(types, error);
      return status === 200 ? "toldInStream" : "toldByStatus";
    }
    return isFinished && text === expected ? "whole" : "short";
  } catch (error) {
    count(types, error instanceof Error ? error.message.slice(0, 80) : "?");
    return "broken";
  }
}

const questionTo = (provider: FaultyProvider, protocol: ProtocolName, words: string): Question => ({
  baseUrl: provider.baseUrl(protocol),
  protocol,
  model: protocol === "openai" ? "gpt-4o" : "claude-sonnet-4-5",
  prompt: `${PROMPT}, number ${words}`,
});

const count = (types: Record<string, number>, type: string) => {
  types[type] = (types[type] ?? 0) + 1;
};
