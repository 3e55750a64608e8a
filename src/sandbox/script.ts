import type { JsonObject } from "../core/json.ts";
import type { ProtocolName } from "../core/translation.ts";
import type { Ending, StreamWriter, ToolCallStart } from "./protocol.ts";
import type { ErrorByProtocol } from "./provider-error.ts";

/**
 * What scripted answers are made of, in no provider's words: the protocol's writer turns steps into frames, the
 * player keeps the time. A script that stops without an `end` leaves an answer that was cut.
 */
export type ScriptStep =
  /** One token. Pieces of a tool call's arguments are tokens too, of the call with this number or of the latest. */
  | { readonly do: "text" | "reasoning" | "refusal"; readonly text: string }
  | { readonly do: "argument"; readonly text: string; readonly call?: number }
  /** A tool call begins. */
  | ({ readonly do: "call" } & ToolCallStart)
  /** Reasoning that only the provider can read. */
  | { readonly do: "redacted"; readonly data: string }
  /** The conversation so far, made short. */
  | { readonly do: "compaction"; readonly summary: string }
  /** What comes before the first token: a chunk with a role alone, `message_start`. Otherwise it goes with that token. */
  | { readonly do: "begin" }
  /** The status and headers, and as little of a body as can be. */
  | { readonly do: "head" }
  /** Nothing, for so many milliseconds; Infinity is for ever. */
  | { readonly do: "wait"; readonly ms: number }
  /** A sign of life that says nothing: a comment, a ping. */
  | { readonly do: "idle" }
  /** An event of the protocol that the other steps would not write; none for a protocol that has none. */
  | { readonly do: "frame"; readonly payload: Readonly<Partial<Record<ProtocolName, JsonObject>>> }
  /** The finish reason, but not yet the end of the stream. */
  | ({ readonly do: "finish" } & Ending)
  /** The finish reason, usage and whatever ends the stream. */
  | ({ readonly do: "end" } & Ending)
  /** Whatever ends the stream, after a `finish`. */
  | { readonly do: "close" }
  /** An error inside the stream. */
  | { readonly do: "fail"; readonly error: ErrorByProtocol }
  /** Bytes that no provider should send. */
  | { readonly do: "raw"; readonly bytes: (writer: StreamWriter) => string | Uint8Array }
  /** The connection is torn down in the middle of the body. */
  | { readonly do: "reset" };

export type Script = Iterable<ScriptStep>;

/** A step that counts as a token of output. */
export type TokenStep = Extract<ScriptStep, { readonly text: string }>;

export function isToken(step: ScriptStep): step is TokenStep {
  return "text" in step;
}

/** A word with the space before it, at most twelve characters of it; or a run of spaces. Nothing is lost. */
export const TOKEN = /\s?\S{1,12}|\s+/gu;

/** The text as tokens of about a word each. */
export function* say(text: string, as: "text" | "reasoning" | "refusal" = "text"): Generator<ScriptStep> {
  for (const [token] of text.matchAll(TOKEN)) yield { do: as, text: token };
}

/** The text, up to whichever of the stop sequences comes first, and the end of the answer. */
export function* answerWith(text: string, stop: readonly string[] = []): Generator<ScriptStep> {
  const found = stop
    .map((sequence) => ({ sequence, at: text.indexOf(sequence) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)[0];
  yield* say(found === undefined ? text : text.slice(0, found.at));
  yield found === undefined ? end() : { do: "end", reason: "stop", stopSequence: found.sequence };
}

/** A whole call: its start, and its arguments in pieces as models send them. */
export function* callTool(start: ToolCallStart, args: string): Generator<ScriptStep> {
  yield { do: "call", ...start };
  for (const piece of piecesOf(args)) yield { do: "argument", text: piece };
}

/** Pieces of a few characters, none of which is half a character. */
export function piecesOf(args: string): readonly string[] {
  return args.match(/.{1,6}/gsu) ?? [];
}

/** Tokens that show what was lost, doubled or swapped: `tok-0001 `, `tok-0002 `, … */
export function* numbered(count: number): Generator<ScriptStep> {
  for (let n = 1; n <= count; n++) yield { do: "text", text: `tok-${String(n).padStart(4, "0")} ` };
}

export function wait(ms: number): ScriptStep {
  return { do: "wait", ms };
}

export function end(reason: Ending["reason"] = "stop"): ScriptStep {
  return { do: "end", reason };
}

export function fail(error: ErrorByProtocol): ScriptStep {
  return { do: "fail", error };
}
