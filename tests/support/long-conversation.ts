/** Conversations of any length whose every message holds a fact of its own, so that loss and doubles show. */

export interface TalkMessage {
  readonly role: "user" | "assistant";
  readonly content: string;
}

const FILLING =
  "We went through the details of the plan once more, compared what the two teams had written down, and found that most of it agrees. " +
  "The weather in Hamburg was mild, the train was late, and somebody had forgotten the keys to the meeting room. ";

const fact = (index: number) => `FACT-${String(index).padStart(6, "0")}`;

/** About 130 tokens a message. */
export function longTalk(count: number, filling = FILLING.repeat(2)): TalkMessage[] {
  return Array.from({ length: count }, (_, index) => ({
    role: index % 2 === 0 ? "user" : "assistant",
    content: `Note ${fact(index)}: the value is ${index * 13}. ${filling}`,
  }));
}

/** The numbers of all facts in a text, in their order. */
export function factsIn(text: string): number[] {
  return [...text.matchAll(/FACT-(\d{6})/g)].map(([, digits]) => Number(digits));
}

/** A summary that names the first and the last fact of what it was given. */
export function firstAndLast(text: string): string {
  const facts = factsIn(text);
  return `From ${fact(facts[0] ?? 0)} to ${fact(facts.at(-1) ?? 0)}, values were noted.`;
}

/** Whether these are 0, 1, … each once, in whatever order parts of a conversation have come. */
export function areAll(facts: readonly number[], count: number): boolean {
  return facts.length === count && facts.toSorted((a, b) => a - b).every((one, index) => one === index);
}
