import { countTokens } from "../../src/tokens/encode.ts";
import { Vocabulary } from "../../src/tokens/vocabulary.ts";
import type { Encoding } from "../../src/tokens/worker-messages.ts";

const load = async (name: string): Promise<Vocabulary> =>
  new Vocabulary(
    await Bun.file(Bun.resolveSync(`gpt-tokenizer/data/${name}.tiktoken`, import.meta.dir)).bytes(),
  );

export const VOCABULARIES: Readonly<Record<Encoding, Vocabulary>> = {
  o200k: await load("o200k_base"),
  cl100k: await load("cl100k_base"),
};

/** Counts on this thread, without a pause. */
export function countNow(encoding: Encoding, text: string): number {
  const steps = countTokens(VOCABULARIES[encoding], encoding, text);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
