import { NashError, type StreamEvent } from "../../client/index.ts";
import { type Connection, hostOf } from "./connection.ts";
import { type AnswerTurn, type Call, type Conversation, newId, type SummaryTurn } from "./conversation.ts";
import { shownFailure } from "./failure-words.ts";
import { requestOf } from "./request.ts";
import type { Server } from "./server.ts";

/** Whom to ask, with which key, and about what. */
export interface Question {
  readonly server: Server;
  readonly connection: Connection;
  readonly key: string;
  readonly conversation: Pick<Conversation, "turns" | "settings" | "sessionId">;
}

/** An answer of which nothing is known yet but who gives it. */
export function newAnswer(connection: Connection): AnswerTurn {
  return {
    role: "assistant",
    id: newId(),
    text: "",
    reasoning: "",
    state: "writing",
    facts: { model: `${connection.model} · ${hostOf(connection)}` },
  };
}

/**
 * Asks for an answer. Never throws: what fails is told in the answer.
 * @param show called for each event while the answer grows
 * @returns the answer as it ended; its facts name the session
 */
export async function fillAnswer(
  blank: AnswerTurn,
  { server, connection, key, conversation }: Question,
  signal: AbortSignal,
  show: (answer: AnswerTurn) => void,
): Promise<AnswerTurn> {
  const started = performance.now();
  let answer = blank;
  const request = {
    ...requestOf(conversation, connection, key),
    stream_options: { include_usage: true, include_reasoning: true },
  };
  try {
    await server.call(async (client) => {
      for await (const event of client.stream(request, { signal })) {
        answer = grown(answer, event, performance.now() - started);
        show(answer);
      }
    });
    return { ...answer, state: "done" };
  } catch (error) {
    if (signal.aborted) return { ...answer, state: "stopped" };
    const failed = asNashError(error);
    const known = failed.sessionId === undefined ? {} : { sessionId: failed.sessionId };
    const facts = { ...known, ...answer.facts };
    return { ...answer, state: "failed", failure: shownFailure(failed), facts };
  }
}

/** @param ms since the question was put */
function grown(answer: AnswerTurn, event: StreamEvent, ms: number): AnswerTurn {
  const { text, reasoning, calls = [], facts } = answer;
  switch (event.type) {
    case "session":
      return { ...answer, facts: { ...facts, sessionId: event.sessionId } };
    case "text":
      return { ...answer, text: text + event.text, facts: { firstTokenMs: ms, ...facts } };
    case "reasoning":
      return { ...answer, reasoning: reasoning + event.text, facts: { firstTokenMs: ms, ...facts } };
    case "tool_call":
      return { ...answer, calls: withCall(calls, event), facts: { firstTokenMs: ms, ...facts } };
    case "usage":
      return { ...answer, facts: { ...facts, ...event.usage, finishReason: event.finishReason } };
    case "receipt":
      return answer;
  }
}

/** The first line of a call has its id and name, the others add to its arguments. */
function withCall(
  calls: readonly Call[],
  { index, id, name, arguments: more = "" }: StreamEvent & { type: "tool_call" },
): readonly Call[] {
  const changed = [...calls];
  const known = changed[index] ?? { id: newId(), name: "", arguments: "" };
  changed[index] = {
    id: id ?? known.id,
    name: name ?? known.name,
    arguments: known.arguments + more,
  };
  // A provider may leave gaps between its numbers.
  return Array.from(changed, (call) => call ?? { id: newId(), name: "", arguments: "" });
}

/**
 * Asks for a summary of all turns.
 * @throws {NashError}; the signal's reason when it aborts
 */
export async function makeSummary(
  { server, connection, key, conversation }: Question,
  signal: AbortSignal,
  onProgress: (part: number, parts: number) => void,
): Promise<{ readonly turn: SummaryTurn; readonly sessionId: string }> {
  // A limit that is meant for answers would cut the summary.
  const { system = "" } = conversation.settings ?? {};
  const request = requestOf({ ...conversation, settings: { system } }, connection, key);
  const result = await server.call((client) => client.summarize(request, { signal, onProgress }));
  const { before, after, estimated } = result.token_reduction;
  return {
    sessionId: result.session_id,
    turn: {
      role: "summary",
      id: newId(),
      text: result.summary,
      messages: result.messages,
      before,
      after,
      estimated: estimated === true,
    },
  };
}

/** Whatever was thrown, as a failure that can be told. */
export function asNashError(error: unknown): NashError {
  if (error instanceof NashError) return error;
  return new NashError({ type: "internal", message: error instanceof Error ? error.message : String(error) });
}
