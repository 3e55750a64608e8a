import type { Attributes, Meter } from "@opentelemetry/api";
import { secondsPerToken, type Trace } from "../../core/trace.ts";
import { providerAttribute } from "./attributes.ts";

/** Buckets as the conventions advise. */
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const FIRST_TOKEN_SECONDS = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];
const TOKEN_SECONDS = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];
const TOKENS = [
  1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];

/** Measures answers under the names that the conventions give to what a model's server measures. */
export function createAnswerMeters(meter: Meter): (trace: Trace) => void {
  const histogram = (name: string, unit: string, description: string, buckets: number[]) =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: buckets } });
  const duration = histogram("gen_ai.server.request.duration", "s", "From the request to its end.", SECONDS);
  const firstToken = histogram(
    "gen_ai.server.time_to_first_token",
    "s",
    "From the request to the first text or reasoning.",
    FIRST_TOKEN_SECONDS,
  );
  const perToken = histogram(
    "gen_ai.server.time_per_output_token",
    "s",
    "Between two tokens, on average over an answer.",
    TOKEN_SECONDS,
  );
  const tokens = histogram("gen_ai.client.token.usage", "{token}", "As the provider counted them.", TOKENS);

  return (trace) => {
    const { provider, route, model, outcome, failure, firstTokenMs, usage } = trace;
    if (provider === undefined) return;
    const isComplete = outcome === "complete";
    const attributes: Attributes = {
      "gen_ai.operation.name": "chat",
      ...providerAttribute(provider),
      // A model that answers is one that exists; what is merely asked for may be anything.
      ...(isComplete && model !== undefined ? { "gen_ai.request.model": model } : {}),
      ...(route === undefined ? {} : { "nash_llm.route": route }),
    };
    const error = failure === undefined ? {} : { "error.type": failure.type };
    duration.record((performance.now() - trace.started) / 1000, { ...attributes, ...error });
    if (usage !== undefined) {
      tokens.record(usage.inputTokens, { ...attributes, "gen_ai.token.type": "input" });
      tokens.record(usage.outputTokens, { ...attributes, "gen_ai.token.type": "output" });
    }
    if (!isComplete || firstTokenMs === undefined) return;
    firstToken.record(firstTokenMs / 1000, attributes);
    const seconds = secondsPerToken(trace);
    if (seconds !== undefined) perToken.record(seconds, attributes);
  };
}
