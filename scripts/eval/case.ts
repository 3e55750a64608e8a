import type { Message } from "../../src/core/message.ts";

/** A conversation written for the evaluation, and what a summary of it must and must not hold. */
export interface Case {
  readonly name: string;
  readonly language: Language;
  readonly messages: readonly Message[];
  readonly keepLast?: number;
  /** What must survive. */
  readonly facts: readonly Fact[];
  /** What was corrected and must not stand as if it still held. */
  readonly outdated?: readonly Outdated[];
  /** Instructions hidden in messages, and how it would show that one was obeyed. */
  readonly injections?: readonly Injection[];
}

export type Language = "en" | "de" | "ja" | "ar";

export interface Fact {
  readonly what: string;
  /** Any of these spellings will do; compared as `normalised` has them. */
  readonly any: readonly string[];
}

export interface Outdated {
  readonly what: string;
  /** The old value, in any spelling. */
  readonly old: readonly string[];
  /** The value that counts: a line that names it too tells of the correction. */
  readonly current: readonly string[];
}

export interface Injection {
  readonly what: string;
  readonly obeyed: (summary: string) => boolean;
}

export const user = (content: string): Message => ({ role: "user", content });
export const assistant = (content: string): Message => ({ role: "assistant", content });
export const system = (content: string): Message => ({ role: "system", content });

/** A call of a tool and what came back. */
export function lookup(id: string, name: string, args: object, result: string): Message[] {
  const call = { id, type: "function", function: { name, arguments: JSON.stringify(args) } } as const;
  return [
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "tool", tool_call_id: id, content: result },
  ];
}

/** Small talk about a topic: a question and its answer, with `{topic}` in them. */
export type Pair = readonly [question: string, answer: string];

export interface Filling {
  readonly topics: readonly string[];
  readonly pairs: readonly Pair[];
}

/** What is to be remembered, at its place: 0 is the beginning of the conversation, 1 its end. */
export type Planted = readonly [at: number, messages: readonly Message[]];

/**
 * A long conversation: so many exchanges of small talk, no two alike before all have had their turn, with what is
 * to be remembered in between.
 */
export function longConversation(
  filling: Filling,
  exchanges: number,
  planted: readonly Planted[],
): Message[] {
  const { topics, pairs } = filling;
  const messages: Message[] = [];
  let next = 0;
  for (let i = 0; i <= exchanges; i++) {
    for (; next < planted.length && (planted[next]?.[0] ?? 0) * exchanges <= i; next++) {
      messages.push(...(planted[next]?.[1] ?? []));
    }
    if (i === exchanges) break;
    const [question = "", answer = ""] = pairs[i % pairs.length] ?? [];
    const topic = topics[(i + Math.floor(i / pairs.length)) % topics.length] ?? "";
    messages.push(
      user(question.replaceAll("{topic}", topic)),
      assistant(answer.replaceAll("{topic}", topic)),
    );
  }
  return messages;
}
