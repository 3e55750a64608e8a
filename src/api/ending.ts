import type { ChatEvent, EndReason } from "../core/event.ts";
import type { Failure } from "../core/failure.ts";

type End = Extract<ChatEvent, { type: "end" }>;

/**
 * Why an answer ended, as clients are to be told: with calls in it they are what it ended for, whatever a sloppy provider
 * says (Gemini and Ollama say `stop`); without any it cannot have ended for them. Length and filters stand: such an
 * answer is not whole, though calls may be in it.
 */
export function endReason(end: End, hasCalls: boolean): EndReason {
  switch (end.reason) {
    case "stop":
    case "other":
      return hasCalls ? "tool_calls" : end.reason;
    case "tool_calls":
      return hasCalls ? "tool_calls" : "stop";
    default:
      return end.reason;
  }
}

/** Whether the answer may have been cut within a call. */
export function mayCutCalls({ reason }: End): boolean {
  return reason === "length" || reason === "content_filter" || reason === "refusal";
}

/** An OpenAI-speaking model that refuses says so in words and ends with an ordinary `stop`. */
export function isSpokenRefusal(end: End): boolean {
  return end.reason === "refusal" && (end.rawReason === "stop" || end.rawReason === "completed");
}

/** Calls that nobody can make, since their provider never named the tool. */
export function namelessCall(): Failure {
  return { type: "bad_output", message: "The provider sent a tool call without the name of a tool." };
}

/** Calls that were complete, and told so to the client, before more of them came. */
export function changedCall(): Failure {
  return { type: "bad_output", message: "The provider went on with a tool call that was complete." };
}
