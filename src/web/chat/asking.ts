import { NashError, type StreamEvent } from "../../client/index.ts";
import { type Connection, hostOf } from "./connection.ts";
import {
  type AnswerTurn,
  type Facts,
  messagesOf,
  newId,
  type SummaryTurn,
  type Turn,
} from "./conversation.ts";
import { shownFailure } from "./failure-words.ts";
import { Pace } from "./pace.ts";
import type { Server } from "./server.ts";

/** An answer that grows is shown this often, in milliseconds, however fast its pieces come. */
const SHOW_EVERY_MS = 30;

/** Whom to ask, with which key, and in which session. */
export interface Question {
  readonly server: Server;
  readonly connection: Connection;
  readonly key: string;
  readonly turns: readonly Turn[];
  readonly sessionId: string | undefined;
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
 * @param show called while the answer grows
 * @returns the answer as it ended; its facts name the session
 */
export async function fillAnswer(
  blank: AnswerTurn,
  { server, connection, key, turns, sessionId }: Question,
  signal: AbortSignal,
  show: (answer: AnswerTurn) => void,
): Promise<AnswerTurn> {
  const started = performance.now();
  let answer = blank;
  const pace = new Pace(SHOW_EVERY_MS, () => show(answer));
  const request = {
    messages: messagesOf(turns),
    ...addressOf(connection, key),
    session_id: sessionId,
    stream_options: { include_usage: true, include_reasoning: true },
  };
  try {
    await server.call(async (client) => {
      for await (const event of client.stream(request, { signal })) {
        answer = grown(answer, event, performance.now() - started);
        pace.step();
      }
    });
    return { ...answer, state: "done" };
  } catch (error) {
    if (signal.aborted) return { ...answer, state: "stopped" };
    const failed = asNashError(error);
    const known: Facts = failed.sessionId === undefined ? {} : { sessionId: failed.sessionId };
    return {
      ...answer,
      state: "failed",
      failure: shownFailure(failed),
      facts: { ...known, ...answer.facts },
    };
  } finally {
    pace.stop();
  }
}

/** @param ms since the question was put */
function grown(answer: AnswerTurn, event: StreamEvent, ms: number): AnswerTurn {
  const { text, reasoning, facts } = answer;
  switch (event.type) {
    case "session":
      return { ...answer, facts: { ...facts, sessionId: event.sessionId } };
    case "text":
      return { ...answer, text: text + event.text, facts: { firstTokenMs: ms, ...facts } };
    case "reasoning":
      return { ...answer, reasoning: reasoning + event.text, facts: { firstTokenMs: ms, ...facts } };
    case "usage":
      return { ...answer, facts: { ...facts, ...event.usage, finishReason: event.finishReason } };
  }
}

/**
 * Asks for a summary of all turns.
 * @throws {NashError}; the signal's reason when it aborts
 */
export async function makeSummary(
  { server, connection, key, turns, sessionId }: Question,
  signal: AbortSignal,
  onProgress: (part: number, parts: number) => void,
): Promise<{ readonly turn: SummaryTurn; readonly sessionId: string }> {
  const request = { messages: messagesOf(turns), ...addressOf(connection, key), session_id: sessionId };
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

function addressOf({ baseUrl, model, provider }: Connection, key: string) {
  return { api_base_url: baseUrl, api_key: key, model, provider };
}
