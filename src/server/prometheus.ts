import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Usage } from "../core/event.ts";
import type { Outcome } from "../core/trace.ts";

const FIRST_TOKEN_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const TOKEN_SECONDS = [0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2.5];
const ANSWER_SECONDS = [0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600];

/** Whom an answer came from, and by which `[[route]]`: both from the settings and the program, never from callers. */
const ORIGIN = ["provider", "route"] as const;

/** What is counted of one request. Labels come from closed lists, so that no caller can make them grow. */
export interface Finished {
  readonly path: string;
  readonly status: number;
  /** Of those that were put to a provider. */
  readonly answer?: {
    readonly provider: string;
    /** The pattern of the route of the settings, empty where none applied. */
    readonly route: string;
    readonly outcome: Outcome;
    /** The type of the failure, empty where there was none. */
    readonly error: string;
    readonly seconds: number;
    readonly firstTokenSeconds: number | undefined;
    /** Between two tokens, on average. */
    readonly tokenSeconds: number | undefined;
    readonly usage: Usage | undefined;
    /** US dollars. */
    readonly cost: number | undefined;
    /** All that were made for it; `error` is the type of the failure, empty where there was none. */
    readonly attempts: readonly { readonly provider: string; readonly error: string }[];
  };
}

export interface Rendered {
  readonly text: string;
  readonly contentType: string;
}

/** Numbers that are asked for when somebody wants to know them. */
export interface Gauges {
  /** Answers that are running. */
  openAnswers(): number;
  /** Answers that are held to be taken up again, and bytes of memory that they take. */
  heldAnswers(): number;
  heldBytes(): number;
}

/** The metrics themselves, apart because they cost a third of the time to start. */
export interface Prometheus {
  record(finished: Finished): void;
  /** The text format of Prometheus, and its content type. */
  render(): Promise<Rendered>;
}

/**
 * Counts and times; never a key, a prompt or an answer.
 * @param gauges what is true now
 */
export function createPrometheus(gauges: Gauges): Prometheus {
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
    help: "Answers by provider, route and how they ended: complete, failed, stopped, left.",
    labelNames: [...ORIGIN, "outcome", "error"],
    registers,
  });
  const firstToken = new Histogram({
    name: "nash_llm_first_token_seconds",
    help: "From the request to the first text or reasoning.",
    labelNames: ORIGIN,
    buckets: FIRST_TOKEN_SECONDS,
    registers,
  });
  const betweenTokens = new Histogram({
    name: "nash_llm_token_seconds",
    help: "Between two tokens, on average over a complete answer whose tokens the provider counted.",
    labelNames: ORIGIN,
    buckets: TOKEN_SECONDS,
    registers,
  });
  const duration = new Histogram({
    name: "nash_llm_answer_seconds",
    help: "From the request to the end of the answer.",
    labelNames: ORIGIN,
    buckets: ANSWER_SECONDS,
    registers,
  });
  const tokens = new Counter({
    name: "nash_llm_tokens_total",
    help: "Tokens as providers reported them.",
    labelNames: [...ORIGIN, "direction"],
    registers,
  });
  const cachedTokens = new Counter({
    name: "nash_llm_cache_tokens_total",
    help: "Of the input tokens: those read from a provider's cache, and those written to it.",
    labelNames: [...ORIGIN, "direction"],
    registers,
  });
  const cost = new Counter({
    name: "nash_llm_cost_dollars_total",
    help: "US dollars at list prices, of answers whose price is known.",
    labelNames: ORIGIN,
    registers,
  });
  const attempts = new Counter({
    name: "nash_llm_attempts_total",
    help: "Attempts by provider and how they failed; error is empty of those that answered.",
    labelNames: ["provider", "error"],
    registers,
  });
  new Gauge({
    name: "nash_llm_open_answers",
    help: "Answers that are running now.",
    registers,
    collect() {
      this.set(gauges.openAnswers());
    },
  });
  new Gauge({
    name: "nash_llm_held_answers",
    help: "Answers that are held to be taken up again.",
    registers,
    collect() {
      this.set(gauges.heldAnswers());
    },
  });
  new Gauge({
    name: "nash_llm_held_bytes",
    help: "Bytes of memory that they take.",
    registers,
    collect() {
      this.set(gauges.heldBytes());
    },
  });
  collectDefaultMetrics({ register: registry });

  return {
    render: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
    record({ path, status, answer }) {
      requests.inc({ path, status });
      if (answer === undefined) return;
      const { provider, route, outcome, error, usage } = answer;
      const origin = { provider, route };
      answers.inc({ ...origin, outcome, error });
      duration.observe(origin, answer.seconds);
      if (answer.firstTokenSeconds !== undefined) firstToken.observe(origin, answer.firstTokenSeconds);
      if (answer.tokenSeconds !== undefined) betweenTokens.observe(origin, answer.tokenSeconds);
      if (answer.cost !== undefined) cost.inc(origin, answer.cost);
      for (const attempt of answer.attempts) attempts.inc(attempt);
      if (usage === undefined) return;
      tokens.inc({ ...origin, direction: "input" }, usage.inputTokens);
      tokens.inc({ ...origin, direction: "output" }, usage.outputTokens);
      cachedTokens.inc({ ...origin, direction: "read" }, usage.cacheReadTokens ?? 0);
      cachedTokens.inc({ ...origin, direction: "written" }, usage.cacheWriteTokens ?? 0);
    },
  };
}
