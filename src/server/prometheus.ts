import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Usage } from "../core/event.ts";
import type { Outcome } from "../core/trace.ts";

const FIRST_TOKEN_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const ANSWER_SECONDS = [0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600];

/** What is counted of one request. Labels come from closed lists, so that no caller can make them grow. */
export interface Finished {
  readonly path: string;
  readonly status: number;
  /** Of those that were put to a provider. */
  readonly answer?: {
    readonly provider: string;
    readonly outcome: Outcome;
    /** The type of the failure, empty where there was none. */
    readonly error: string;
    readonly seconds: number;
    readonly firstTokenSeconds: number | undefined;
    readonly usage: Usage | undefined;
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
    help: "Answers by provider and how they ended: complete, failed, stopped, left.",
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
      const { provider, outcome, error, seconds, firstTokenSeconds, usage } = answer;
      answers.inc({ provider, outcome, error });
      duration.observe({ provider }, seconds);
      if (firstTokenSeconds !== undefined) firstToken.observe({ provider }, firstTokenSeconds);
      if (usage === undefined) return;
      tokens.inc({ provider, direction: "input" }, usage.inputTokens);
      tokens.inc({ provider, direction: "output" }, usage.outputTokens);
    },
  };
}
