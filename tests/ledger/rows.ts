import { Trace } from "../../src/core/trace.ts";

/** What a request may be that a row is made of. */
export interface Asked {
  readonly client?: string;
  readonly route?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly cost?: number;
  readonly tokens?: number;
}

/** The trace of a request that is over. */
export function traceOf({
  client,
  route,
  provider = "work",
  model = "small",
  cost,
  tokens = 10,
}: Asked = {}): Trace {
  const trace = new Trace("POST", "/v1/messages");
  trace.client = client;
  trace.route = route;
  trace.beginAttempt(provider, model);
  trace.provider = provider;
  trace.model = route ?? model;
  trace.usage = { inputTokens: tokens, outputTokens: 1 };
  trace.outcome = "complete";
  trace.finishReason = "stop";
  trace.cost = cost;
  trace.endAttempt();
  return trace;
}
