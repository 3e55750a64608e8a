import { ConfigError, type Environment } from "./layers.ts";

/** What goes to a collector of OpenTelemetry, and where that is. */
export interface TelemetrySettings {
  /** Without `/v1/traces`; absent where the variables of OpenTelemetry name it, which its own packages read. */
  readonly endpoint: string | undefined;
  readonly traces: boolean;
  readonly metrics: boolean;
  /** The share of requests that are traced, of those that come without a `traceparent`: 0 to 1. */
  readonly sample: number;
}

const ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
const ENDPOINTS = [ENDPOINT, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];
const PROTOCOL = "OTEL_EXPORTER_OTLP_PROTOCOL";
const SAMPLER = "OTEL_TRACES_SAMPLER";

/**
 * Whether somebody wants to hear of requests.
 * @param endpoint of `--otlp-endpoint`
 * @returns undefined where neither the flag nor a variable names a collector, or `OTEL_SDK_DISABLED` says no
 * @throws {ConfigError}
 */
export function telemetryIn(endpoint: string | undefined, env: Environment): TelemetrySettings | undefined {
  const named = ENDPOINTS.filter((name) => env[name]);
  if ((endpoint === undefined && named.length === 0) || env["OTEL_SDK_DISABLED"]?.toLowerCase() === "true")
    return undefined;
  if (endpoint !== undefined) checkAddress(endpoint, "--otlp-endpoint");
  for (const name of named) checkAddress(env[name] ?? "", name);
  if (env[PROTOCOL] === "grpc")
    throw new ConfigError(`${PROTOCOL} is grpc: only OTLP over HTTP is spoken here, as a rule on port 4318.`);
  const every = endpoint !== undefined || Boolean(env[ENDPOINT]);
  const wants = (signal: string) =>
    env[`OTEL_${signal}_EXPORTER`] !== "none" &&
    (every || Boolean(env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`]));
  return { endpoint, traces: wants("TRACES"), metrics: wants("METRICS"), sample: sampleIn(env) };
}

/** The value is not repeated: an address may hold a password. */
function checkAddress(address: string, where: string): void {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:"))
    throw new ConfigError(`${where} must be an http address, such as http://127.0.0.1:4318.`);
}

/** Of the samplers that OpenTelemetry names: all, none, or a share of those that begin here. */
function sampleIn(env: Environment): number {
  const sampler = env[SAMPLER] || "parentbased_always_on";
  if (/^(?:parentbased_)?always_on$/.test(sampler)) return 1;
  if (/^(?:parentbased_)?always_off$/.test(sampler)) return 0;
  const share = Number(env[`${SAMPLER}_ARG`] || "1");
  if (!/^(?:parentbased_)?traceidratio$/.test(sampler))
    throw new ConfigError(`${SAMPLER} is not known here.`);
  if (!(share >= 0 && share <= 1)) throw new ConfigError(`${SAMPLER}_ARG must be a number from 0 to 1.`);
  return share;
}
