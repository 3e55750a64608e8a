import { type Message, type ToolCall, textOf } from "../core/message.ts";
import { isSummary, summaryIn } from "./passage.ts";

/** One message written out: who speaks, and what was said. */
export interface Utterance {
  readonly speaker: string;
  readonly text: string;
}

/** Utterances that are not parted from each other: one message, or calls of tools with their results. */
export type Exchange = readonly Utterance[];

/** What carries over an earlier summary that stands in the middle of a conversation, or is too long to be put first. */
export const EARLIER = "summary of what was said before";

/** So much of a name is shown, in characters. */
const MOST_OF_NAME = 40;

/** A line that would pass for the beginning of an utterance. */
const SPEAKER_LINE = /^\[(?:system|developer|user|assistant|tool|summary)\b[^\]\n]*\][^\S\n]*$/gm;

/** An utterance as a model reads it. Nothing in its text can pass for the words of somebody else. */
export function written({ speaker, text }: Utterance): string {
  return `[${speaker}]\n${text.replace(SPEAKER_LINE, " $&")}`;
}

/** A conversation as exchanges, in its order. */
export function exchangesOf(messages: readonly Message[]): Exchange[] {
  const exchanges: Utterance[][] = [];
  let calls: readonly ToolCall[] = [];
  for (const message of messages) {
    const utterance = utteranceOf(message, calls);
    const last = exchanges.at(-1);
    if (message.role === "tool" && last !== undefined) {
      last.push(utterance);
    } else {
      exchanges.push([utterance]);
      calls = message.tool_calls ?? [];
    }
  }
  return exchanges;
}

function utteranceOf(message: Message, calls: readonly ToolCall[]): Utterance {
  if (isSummary(message)) return { speaker: EARLIER, text: summaryIn(message) };
  const speaker = speakerOf(message, calls);
  const text = textOf(message.content);
  const others = [...imagesIn(message), ...callsIn(message)];
  return {
    speaker,
    text: others.length === 0 ? text : [...(text === "" ? [] : [text]), ...others].join("\n"),
  };
}

function callsIn({ tool_calls: made = [] }: Message): string[] {
  return made.map(
    ({ function: { name, arguments: args } }, i) => `(${callName(made, i)} ${name} with ${args || "{}"})`,
  );
}

/** Calls that were made together are numbered, so that each result can say which it answers. */
function callName(calls: readonly ToolCall[], index: number): string {
  return calls.length > 1 ? `call ${index + 1}: calls` : "calls";
}

function speakerOf({ role, name, tool_call_id: id }: Message, calls: readonly ToolCall[]): string {
  if (role !== "tool") return name === undefined ? role : `${role} ${onOneLine(name)}`;
  const index = calls.findIndex((call) => call.id === id);
  const tool = calls[index]?.function.name ?? name;
  return [role, tool && onOneLine(tool), calls.length > 1 && index >= 0 && `(call ${index + 1})`]
    .filter((word) => word)
    .join(" ");
}

/** A name is the client's word: it must not end its line or its brackets, nor fill a part by itself. */
function onOneLine(name: string): string {
  return name
    .replace(/[[\]\s]+/g, " ")
    .trim()
    .slice(0, MOST_OF_NAME)
    .toWellFormed();
}

function imagesIn({ content }: Message): string[] {
  if (!Array.isArray(content)) return [];
  return content.filter(({ type }) => type === "image_url").map(() => "(an image)");
}
