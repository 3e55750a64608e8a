import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Trace } from "../core/trace.ts";

const FIRST_TOKEN_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const ANSWER_SECONDS = [0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600];

export interface Metrics {
  record(trace: Trace): void;
  /** The Prometheus text format, and its content type. */
  render(): Promise<string>;
  readonly contentType: string;
}

/**
 * Counts and times; never a key, a prompt or an answer. Labels come from closed lists, so that no caller
 * can make them grow.
 * @param paths the paths that exist; all others are counted together
 * @param openAnswers how many answers are running now
 */
export function createMetrics(paths: ReadonlySet<string>, openAnswers: () => number): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: "nash_llm_requests_total",
    help: "Requests by path and status.",
    labelNames: ["path", "status"],
    registers,
  });
  const answers = new Counter({
    name: "nash_llm_answers_total",
    help: "Answers by provider and how they ended: complete, failed, left.",
    labelNames: ["provider", "outcome", "error"],
    registers,
  });
  const firstToken = new Histogram({
    name: "nash_llm_first_token_seconds",
    help: "From the request to the first text or reasoning.",
    labelNames: ["provider"],
    buckets: FIRST_TOKEN_SECONDS,
    registers,
  });
  const duration = new Histogram({
    name: "nash_llm_answer_seconds",
    help: "From the request to the end of the answer.",
    labelNames: ["provider"],
    buckets: ANSWER_SECONDS,
    registers,
  });
  const tokens = new Counter({
    name: "nash_llm_tokens_total",
    help: "Tokens as providers reported them.",
    labelNames: ["provider", "direction"],
    registers,
  });
  new Gauge({
    name: "nash_llm_open_answers",
    help: "Answers that are running now.",
    registers,
    collect() {
      this.set(openAnswers());
    },
  });
  collectDefaultMetrics({ register: registry });

  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    record(trace) {
      requests.inc({ path: paths.has(trace.path) ? trace.path : "other", status: trace.status });
      const { provider, outcome, usage } = trace;
      if (provider === undefined) return;
      answers.inc({ provider, outcome: outcome ?? "failed", error: trace.failure?.type ?? "" });
      duration.observe({ provider }, (performance.now() - trace.started) / 1000);
      if (trace.firstTokenMs !== undefined) firstToken.observe({ provider }, trace.firstTokenMs / 1000);
      if (usage === undefined) return;
      tokens.inc({ provider, direction: "input" }, usage.inputTokens);
      tokens.inc({ provider, direction: "output" }, usage.outputTokens);
    },
  };
}
