/** How one part of the fuzzing is run: inputs out of a seed, many at once, and the smallest one that fails. */

import fc from "fast-check";

/** An input broke a promise. The message says which. */
class Broken extends Error {
  override readonly name = "Broken";
}

/** @throws {Broken} */
export function promise(kept: boolean, what: string | (() => string)): asserts kept {
  if (!kept) throw new Broken(typeof what === "string" ? what : what());
}

export interface Part<Input> {
  readonly name: string;
  readonly inputs: fc.Arbitrary<Input>;
  /** How many are tried at once. */
  readonly atOnce: number;
  /** Tries one. @throws {Broken} where a promise does not hold */
  try(input: Input): Promise<void> | void;
  /** What must hold after every batch, whichever input it was. @throws {Broken} */
  after?(): Promise<void> | void;
  /** How often each kind of outcome was seen: inputs that all end alike would prove little. */
  readonly tally: Map<string, number>;
}

/** Counts one outcome. */
export function count(tally: Map<string, number>, outcome: string): void {
  tally.set(outcome, (tally.get(outcome) ?? 0) + 1);
}

export interface Finding {
  readonly part: string;
  /** Gives this input again, as the first of its part. */
  readonly seed: number;
  readonly why: string;
  /** As small as could be made; absent where it was the whole batch. */
  readonly input?: string;
}

/** As many inputs as come out of one seed. */
const BATCH = 500;

/** How long an input that failed is made smaller, in milliseconds. */
const SHRINK_MS = 10_000;

/** As much of an input as is shown. */
const SHOWN = 4_000;

/**
 * Tries so many inputs of one part and stops at the first batch that fails.
 * @param seed that of the first batch; the next has the next
 * @param tried told how many inputs were tried in each batch
 */
export async function run<Input>(
  part: Part<Input>,
  total: number,
  seed: number,
  tried: (inputs: number) => void = () => undefined,
): Promise<Finding | undefined> {
  for (let done = 0, batch = seed; done < total; done += BATCH, batch++) {
    const numRuns = Math.min(BATCH, total - done);
    const inputs = fc.sample(part.inputs, { numRuns, seed: batch });
    const failed = await firstThatFails(part, inputs);
    if (failed !== undefined) return smallest(part, failed, batch);
    try {
      await part.after?.();
    } catch (error) {
      return { part: part.name, seed: batch, why: messageOf(error) };
    }
    tried(numRuns);
  }
  return undefined;
}

/** The place of the first input that fails, and why. */
async function firstThatFails<Input>(
  part: Part<Input>,
  inputs: readonly Input[],
): Promise<{ at: number; why: string; input: string } | undefined> {
  let found: { at: number; why: string; input: string } | undefined;
  let next = 0;
  const worker = async () => {
    while (found === undefined && next < inputs.length) {
      const at = next++;
      const input = inputs[at] as Input;
      try {
        await part.try(input);
      } catch (error) {
        found ??= { at, why: messageOf(error), input: shown(input) };
      }
    }
  };
  await Promise.all(Array.from({ length: part.atOnce }, worker));
  return found;
}

/** The same input, made as small as it can be and still fail. */
async function smallest<Input>(
  part: Part<Input>,
  { at, why, input }: { at: number; why: string; input: string },
  seed: number,
): Promise<Finding> {
  const result = await fc.check(
    fc.asyncProperty(part.inputs, async (one) => part.try(one)),
    { seed, path: String(at), numRuns: 1, interruptAfterTimeLimit: SHRINK_MS },
  );
  const [counterexample] = result.counterexample ?? [];
  return result.failed && counterexample !== undefined
    ? { part: part.name, seed, why: messageOf(result.errorInstance), input: shown(counterexample) }
    : { part: part.name, seed, why, input };
}

function messageOf(error: unknown): string {
  if (error instanceof Broken) return error.message;
  return error instanceof Error ? `threw ${error.stack ?? error.message}` : `threw ${String(error)}`;
}

function shown(input: unknown): string {
  const text = fc.stringify(input);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${text.length} characters)` : text;
}
