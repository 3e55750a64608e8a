import { NashError } from "../../client/index.ts";
import type { Target } from "./chat-target.ts";
import { sanitize } from "./markdown/sanitize.ts";

/** What went wrong and what to type next, as lines. */
export function explain(error: unknown, target: Target, conversing: boolean): string[] {
  if (!(error instanceof NashError)) {
    return [`nash-llm: ${error instanceof Error ? error.message : String(error)}`];
  }
  const next = advice(error, target, conversing);
  const cause = `nash-llm: ${error.message} (${error.type})`;
  return (next === undefined ? [cause] : [cause, `  ${next}`]).map(sanitize);
}

function advice(error: NashError, target: Target, conversing: boolean): string | undefined {
  const retry = conversing ? "/retry" : "the same command again";
  const pick = conversing ? "/model NAME" : "--model NAME";
  switch (error.type) {
    case "authentication":
    case "permission":
      return `${target.label} does not take this key for ${target.model}. Another one: ${keyHint(target)}.`;
    case "unauthorized":
      return "export NASH_LLM_TOKEN=… with the token of that server.";
    case "rate_limit":
      return error.retryAfter === undefined
        ? `In a while: ${retry}.`
        : `In ${Math.ceil(error.retryAfter)} s: ${retry}.`;
    case "quota":
      return `The account at ${target.label} has no credit left. Another provider or model: ${pick}.`;
    case "context_overflow":
      return conversing
        ? "The conversation is too long for this model: /summarize makes it shorter, /clear begins anew."
        : "The question is too long for this model: shorten it, or --model NAME with a larger window.";
    case "not_found":
      return `Is ${target.model} a model of ${target.label}? ${conversing ? "/model lists what there is" : pick}.`;
    case "network":
      // Without an id of a request it is the server itself that was not reached.
      if (error.requestId === undefined)
        return "Is nash-llm running there, is the address right? Without --server the client starts its own.";
      return `${target.baseUrl} cannot be reached. Is it running, is the address right? Then: ${retry}.`;
    case "incomplete":
    case "upstream":
    case "overloaded":
    case "timeout":
      return `To try once more: ${retry}.`;
    default:
      return undefined;
  }
}

function keyHint({ keyInShell }: Target): string {
  return keyInShell.startsWith("$") && keyInShell !== "$API_KEY"
    ? `export ${keyInShell.slice(1)}=…`
    : "--api-key-file FILE";
}
