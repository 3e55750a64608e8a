import { secondsPerToken, type Trace } from "../core/trace.ts";
import type { Finished, Gauges, Prometheus, Rendered } from "./prometheus.ts";

/** As many requests as wait to be counted before anybody has asked for the metrics. */
const MOST_WAITING = 1000;

/** Counts requests. What does the counting is loaded when somebody asks for it, or when there is much to count. */
export class Metrics {
  readonly #paths: ReadonlySet<string>;
  readonly #gauges: Gauges;
  #waiting: Finished[] = [];
  #prometheus: Prometheus | undefined;
  #loading: Promise<Prometheus> | undefined;

  /**
   * @param paths the paths that exist; all others are counted together
   * @param gauges what is true now
   */
  constructor(paths: ReadonlySet<string>, gauges: Gauges) {
    this.#paths = paths;
    this.#gauges = gauges;
  }

  record(trace: Trace): void {
    const finished = finishedOf(trace, this.#paths);
    if (this.#prometheus !== undefined) return this.#prometheus.record(finished);
    this.#waiting.push(finished);
    // Where it fails, whoever asks for the metrics is told.
    if (this.#waiting.length >= MOST_WAITING) this.#load().catch(() => undefined);
  }

  async render(): Promise<Rendered> {
    return (await this.#load()).render();
  }

  #load(): Promise<Prometheus> {
    this.#loading ??= import("./prometheus.ts")
      .then(({ createPrometheus }) => this.#begin(createPrometheus(this.#gauges)))
      .catch((error) => {
        this.#loading = undefined;
        this.#waiting = [];
        throw error;
      });
    return this.#loading;
  }

  #begin(prometheus: Prometheus): Prometheus {
    this.#prometheus = prometheus;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const finished of waiting) prometheus.record(finished);
    return prometheus;
  }
}

function finishedOf(trace: Trace, paths: ReadonlySet<string>): Finished {
  const { provider, route = "", outcome, failure, usage, firstTokenMs } = trace;
  const request = { path: paths.has(trace.path) ? trace.path : "other", status: trace.status };
  if (provider === undefined) return request;
  return {
    ...request,
    answer: {
      provider,
      route,
      outcome: outcome ?? "failed",
      error: failure?.type ?? "",
      seconds: (performance.now() - trace.started) / 1000,
      firstTokenSeconds: firstTokenMs === undefined ? undefined : firstTokenMs / 1000,
      tokenSeconds: outcome === "complete" ? secondsPerToken(trace) : undefined,
      usage,
      cost: trace.cost,
      attempts: trace.attemptsMade.map((attempt) => ({
        provider: attempt.provider,
        error: attempt.type ?? "",
      })),
    },
  };
}
