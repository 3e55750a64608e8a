import { NashError } from "../../../client/index.ts";
import { asObject } from "../../../core/json.ts";
import { printableJson } from "../printable-json.ts";
import type { Terminal } from "../terminal.ts";
import type { Outcome, View } from "./answer-view.ts";

/** One JSON object when the answer is over. */
export function jsonView(terminal: Terminal): View {
  return {
    begin: () => undefined,
    event: () => Promise.resolve(),
    end: (outcome) => terminal.out(jsonLine(summaryOf(outcome))),
  };
}

/** Each event as a line of JSON, as it comes; at the end what `--json` would have printed, as `{"type":"end",…}`. */
export function jsonlView(terminal: Terminal): View {
  return {
    begin: () => undefined,
    event(event) {
      switch (event.type) {
        case "session":
          return terminal.out(jsonLine({ type: "session", session_id: event.sessionId }));
        case "usage":
          return terminal.out(
            jsonLine({ type: "usage", usage: usageOf(event.usage), finish_reason: event.finishReason }),
          );
        default:
          return terminal.out(jsonLine({ ...event }));
      }
    },
    end: (outcome) => terminal.out(jsonLine({ type: "end", ...summaryOf(outcome) })),
  };
}

function summaryOf({ target, text, toolCalls, sessionId, usage, finishReason, error, stopped }: Outcome) {
  return {
    content: text,
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
    session_id: sessionId ?? null,
    model: target.model,
    api_base_url: target.baseUrl,
    usage: usageOf(usage),
    finish_reason: finishReason ?? null,
    ...(stopped ? { stopped: true } : {}),
    ...(error === undefined ? {} : { error: errorOf(error) }),
  };
}

function usageOf(usage: Outcome["usage"]) {
  return usage ? { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens } : null;
}

function errorOf(error: unknown) {
  if (!(error instanceof NashError)) {
    return { type: "internal", message: String(asObject(error)?.["message"] ?? error), retryable: false };
  }
  return {
    type: error.type,
    message: error.message,
    ...(error.param === undefined ? {} : { param: error.param }),
    ...(error.providerStatus === undefined ? {} : { provider_status: error.providerStatus }),
    ...(error.retryAfter === undefined ? {} : { retry_after: error.retryAfter }),
    retryable: error.retryable,
  };
}

function jsonLine(value: object): string {
  return `${printableJson(value)}\n`;
}
