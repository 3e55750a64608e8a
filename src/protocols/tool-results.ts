import { invalidField } from "../core/failure.ts";
import type { Message } from "../core/message.ts";

/** One call in a history. */
interface Call {
  /** Where its id stands, for errors. */
  readonly at: string;
  readonly id: string;
  /** The index of the message that holds the call, and of the one that answers it. */
  readonly message: number;
  result?: number;
}

/**
 * The messages with each result of a tool right behind the message that made its call, as providers want them; whatever
 * stood between comes after. Ids need to be unique only among the calls that are open: Gemini and Ollama use them again.
 * @throws {ChatError} for a result without its call and a call without its result: providers refuse both, and to leave
 *   one out would change what was said
 */
export function withResultsBehindCalls(messages: readonly Message[]): readonly Message[] {
  if (!messages.some(({ role, tool_calls: calls }) => role === "tool" || (calls?.length ?? 0) > 0)) {
    return messages;
  }
  const calls = messages.flatMap((message, i) =>
    (message.tool_calls ?? []).map(
      ({ id }, j): Call => ({ at: `messages[${i}].tool_calls[${j}].id`, id, message: i }),
    ),
  );
  answer(calls, messages);
  const unanswered = calls.find(({ result }) => result === undefined);
  if (unanswered !== undefined) {
    throw invalidField(
      unanswered.at,
      `No message of the role tool answers the call ${shown(unanswered.id)}.`,
    );
  }
  return inOrder(messages, calls);
}

/** Gives each result to the last open call of its id before it, or else to the first one after it. */
function answer(calls: readonly Call[], messages: readonly Message[]): void {
  const byId = Map.groupBy(calls, ({ id }) => id);
  const early: number[] = [];
  for (const [i, message] of messages.entries()) {
    if (message.role !== "tool") continue;
    const call = byId
      .get(message.tool_call_id ?? "")
      ?.findLast((one) => one.message < i && one.result === undefined);
    if (call === undefined) early.push(i);
    else call.result = i;
  }
  for (const i of early) {
    const id = messages[i]?.tool_call_id ?? "";
    const call = byId.get(id)?.find((one) => one.message > i && one.result === undefined);
    if (call === undefined) {
      throw invalidField(
        `messages[${i}].tool_call_id`,
        `No call of an earlier message has the id ${shown(id)}.`,
      );
    }
    call.result = i;
  }
}

function inOrder(messages: readonly Message[], calls: readonly Call[]): Message[] {
  const resultsOf = Map.groupBy(calls, ({ message }) => message);
  return messages.flatMap((message, i) => {
    if (message.role === "tool") return [];
    const places = (resultsOf.get(i) ?? [])
      .map(({ result }) => result ?? 0)
      .sort((one, other) => one - other);
    return [message, ...places.flatMap((place) => messages[place] ?? [])];
  });
}

/** An id is short; what is not is not repeated whole. */
function shown(id: string): string {
  return JSON.stringify(id.slice(0, 80));
}
