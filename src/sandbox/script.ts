import type { EndReason } from "../core/event.ts";
import type { StreamWriter } from "./protocol.ts";
import type { ErrorByProtocol } from "./provider-error.ts";

/**
 * What scripted answers are made of, in no provider's words: the protocol's writer turns steps into frames, the
 * runner keeps the time. A script that stops without an `end` leaves an answer that was cut.
 */
export type ScriptStep =
  /** One token. Pieces of a tool call's arguments are tokens too. */
  | { readonly do: "text" | "reasoning" | "refusal" | "argument"; readonly text: string }
  /** A tool call begins. */
  | { readonly do: "call"; readonly name: string }
  /** What comes before the first token: a chunk with a role alone, `message_start`. Otherwise it goes with that token. */
  | { readonly do: "begin" }
  /** The status and headers, and as little of a body as can be. */
  | { readonly do: "head" }
  /** Nothing, for so many milliseconds; Infinity is for ever. */
  | { readonly do: "wait"; readonly ms: number }
  /** A sign of life that says nothing: a comment, a ping. */
  | { readonly do: "idle" }
  /** The finish reason, but not yet the end of the stream. */
  | { readonly do: "finish"; readonly reason: EndReason }
  /** The finish reason, usage and whatever ends the stream. */
  | { readonly do: "end"; readonly reason: EndReason }
  /** An error inside the stream. */
  | { readonly do: "fail"; readonly error: ErrorByProtocol }
  /** Bytes that no provider should send. */
  | { readonly do: "raw"; readonly bytes: (writer: StreamWriter) => string | Uint8Array }
  /** The connection is torn down in the middle of the body. */
  | { readonly do: "reset" };

export type Script = Iterable<ScriptStep>;

/** A word with the space before it, at most twelve characters of it; or a run of spaces. Nothing is lost. */
const TOKEN = /\s?\S{1,12}|\s+/gu;

/** The text as tokens of about a word each. */
export function* say(text: string, as: "text" | "reasoning" | "refusal" = "text"): Generator<ScriptStep> {
  for (const [token] of text.matchAll(TOKEN)) yield { do: as, text: token };
}

/** Tokens that show what was lost, doubled or swapped: `tok-0001 `, `tok-0002 `, … */
export function* numbered(count: number): Generator<ScriptStep> {
  for (let n = 1; n <= count; n++) yield { do: "text", text: `tok-${String(n).padStart(4, "0")} ` };
}

export function wait(ms: number): ScriptStep {
  return { do: "wait", ms };
}

export function end(reason: EndReason = "stop"): ScriptStep {
  return { do: "end", reason };
}

export function fail(error: ErrorByProtocol): ScriptStep {
  return { do: "fail", error };
}
