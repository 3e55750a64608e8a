/**
 * How models mark thought that stands in front of an answer, where their server does not take it out of the text; lower
 * case. `end` is empty where the answer is marked by something else.
 */
const MARKS: readonly { readonly start: string; readonly ends: readonly string[] }[] = [
  // DeepSeek R1, Qwen 3, QwQ, GLM, MiniMax, Nemotron; others by their prompts
  ...["think", "thinking", "thought", "thoughts", "reasoning", "reason", "reflection", "scratchpad"].map(
    tagged,
  ),
  ...["analysis", "inner_monologue", "seed:think", "longcat_think", "internal"].map(tagged),
  // Magistral, Kimi, Cohere, OpenThinker, Gemma
  { start: "[think]", ends: ["[/think]"] },
  { start: "◁think▷", ends: ["◁/think▷"] },
  { start: "<|start_thinking|>", ends: ["<|end_thinking|>"] },
  { start: "<|begin_of_thought|>", ends: ["<|end_of_thought|>"] },
  { start: "<unused94>", ends: ["<unused95>"] },
  { start: "<|think|>", ends: ["<|/think|>", "<|end_think|>"] },
  // gpt-oss: https://cookbook.openai.com/articles/openai-harmony
  ...["<|channel|>analysis<|message|>", "<|start|>assistant<|channel|>analysis<|message|>"].map((start) => ({
    start,
    ends: ["<|end|>", "<|return|>"],
  })),
];

/** In front of the answer, between thought and answer: gpt-oss, Cohere, OpenThinker. */
const ANSWER_MARKS: readonly string[] = [
  "<|start|>assistant<|channel|>final<|message|>",
  "<|channel|>final<|message|>",
  "<|start_response|>",
  "<|begin_of_solution|>",
];

const STARTS = MARKS.map(({ start }) => start);
const LONGEST_ATTRIBUTES = 200;

function tagged(name: string) {
  return { start: `<${name}>`, ends: [`</${name}>`] };
}

/**
 * Takes thought out of the start of a text that comes in pieces. What comes after the first word of the answer passes
 * unchanged, whatever it looks like. Thought that never ends is all thought: the text is empty then.
 */
export class LeadingReasoning {
  /** What may yet turn out to be a mark, or what may hold the end of the thought. */
  #held = "";
  #ends: readonly string[] | undefined;
  #isAnswer = false;

  /** The part of the answer that this piece lets out; empty where there is none. */
  take(piece: string): string {
    if (this.#isAnswer) return piece;
    this.#held += piece;
    for (;;) {
      const before = this.#held;
      if (this.#ends !== undefined) {
        if (!this.#skipThought(this.#ends)) return "";
      } else if (this.#startsThought()) {
      } else if (this.#mayYetStart()) {
        return "";
      } else {
        this.#isAnswer = true;
        this.#held = "";
        return before.trimStart();
      }
    }
  }

  /** The text is over: what was held because it might have become a mark. */
  end(): string {
    const rest = this.#isAnswer || this.#ends !== undefined ? "" : this.#held.trimStart();
    this.#held = "";
    this.#isAnswer = true;
    return rest;
  }

  #skipThought(ends: readonly string[]): boolean {
    const lower = this.#held.toLowerCase();
    const found = ends.map((end) => ({ end, at: lower.indexOf(end) })).filter(({ at }) => at >= 0);
    const first = found.sort((one, other) => one.at - other.at)[0];
    if (first === undefined) {
      // Only a beginning of the end has to stay.
      this.#held = this.#held.slice(-Math.max(...ends.map((end) => end.length)));
      return false;
    }
    this.#held = this.#held.slice(first.at + first.end.length);
    this.#ends = undefined;
    return true;
  }

  /** Moves past a mark at the start, if one is there whole. */
  #startsThought(): boolean {
    const text = this.#held.trimStart();
    const lower = text.toLowerCase();
    const answer = ANSWER_MARKS.find((mark) => lower.startsWith(mark));
    if (answer !== undefined) {
      this.#held = text.slice(answer.length);
      return true;
    }
    const mark = MARKS.find(({ start }) => lower.startsWith(start) || isTagWithAttributes(lower, start));
    if (mark === undefined) {
      // A template has put the start into the prompt, and the thought was empty.
      const end = MARKS.flatMap(({ ends }) => ends).find(
        (one) => one.includes("think") && lower.startsWith(one),
      );
      if (end !== undefined) this.#held = text.slice(end.length);
      return end !== undefined;
    }
    const length = lower.startsWith(mark.start) ? mark.start.length : text.indexOf(">") + 1;
    this.#held = text.slice(length);
    this.#ends = mark.ends;
    return true;
  }

  #mayYetStart(): boolean {
    const lower = this.#held.trimStart().toLowerCase();
    if (lower === "") return true;
    if ([...STARTS, ...ANSWER_MARKS, "</thinking>", "[/think]"].some((mark) => mark.startsWith(lower)))
      return true;
    const isOpenTag = STARTS.some(
      (start) => start.endsWith(">") && lower.startsWith(`${start.slice(0, -1)} `),
    );
    return isOpenTag && !lower.includes(">") && lower.length < LONGEST_ATTRIBUTES;
  }
}

function isTagWithAttributes(lower: string, start: string): boolean {
  if (!start.startsWith("<") || !start.endsWith(">")) return false;
  const end = lower.indexOf(">");
  return end >= 0 && end < LONGEST_ATTRIBUTES && lower.startsWith(`${start.slice(0, -1)} `);
}

/** A mark of an end without its start: the chat template wrote the start into the prompt (DeepSeek R1, QwQ, Qwen 3). */
const UNOPENED = /^[\s\S]*?(?:<\/think(?:ing)?>|\[\/think\]|◁\/think▷|<\|end_thinking\|>)/i;
const OPENED = /<think(?:ing)?\b|\[think\]|◁think▷|<\|start_thinking\|>/i;

/** A whole text without the thought at its start, marked on both sides or at its end alone; empty if it is all thought. */
export function withoutLeadingReasoning(text: string): string {
  const filter = new LeadingReasoning();
  const rest = filter.take(text) + filter.end();
  const unopened = UNOPENED.exec(rest)?.[0];
  return unopened === undefined || OPENED.test(unopened) ? rest : rest.slice(unopened.length).trimStart();
}
