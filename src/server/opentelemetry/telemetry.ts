import { wait } from "@elysiajs/stream";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Telemetry, TelemetryOptions } from "../telemetry.ts";
import { createAnswerMeters } from "./answer-meters.ts";
import { warningOnFailure } from "./export-warnings.ts";
import { OpenRequestSpan, parentOf } from "./request-span.ts";

const NAME = "nash-llm";

/** As long as an attribute may be: names, never what was said. */
const MOST_CHARACTERS = 256;

/**
 * Sends spans and metrics to a collector over OTLP/HTTP, in JSON. Spans wait in a queue of 2,048: where the collector
 * does not keep up they are lost, and no answer is any later for it.
 */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const resource = resourceOf(options.version);
  const tracerProvider = new TracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.sample) }),
    spanLimits: { attributeValueLengthLimit: MOST_CHARACTERS },
    spanProcessors: options.traces ? [new BatchSpanProcessor({ exporter: traceExporter(options) })] : [],
  });
  const meterProvider = new MeterProvider({
    resource,
    readers: options.metrics
      ? [new PeriodicExportingMetricReader({ exporter: metricExporter(options) })]
      : [],
  });
  const tracer = tracerProvider.getTracer(NAME, options.version);
  const record = createAnswerMeters(meterProvider.getMeter(NAME, options.version));
  return {
    begin: (trace, headers, path) =>
      new OpenRequestSpan(tracer, parentOf(headers, ROOT_CONTEXT), trace, path),
    record,
    async stop(milliseconds) {
      const sent = Promise.allSettled([tracerProvider.shutdown(), meterProvider.shutdown()]);
      await Promise.race([sent, wait(milliseconds)]);
    },
  };
}

function traceExporter({ endpoint, logger }: TelemetryOptions) {
  const url = endpoint === undefined ? {} : { url: under(endpoint, "v1/traces") };
  return warningOnFailure(new OTLPTraceExporter(url), "spans", logger);
}

function metricExporter({ endpoint, logger }: TelemetryOptions) {
  const url = endpoint === undefined ? {} : { url: under(endpoint, "v1/metrics") };
  return warningOnFailure(new OTLPMetricExporter(url), "metrics", logger);
}

function under(endpoint: string, path: string): string {
  return `${endpoint.replace(/\/+$/, "")}/${path}`;
}

/** What the variables say (`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`) over what we know. */
function resourceOf(version: string): Resource {
  const own = resourceFromAttributes({
    "service.name": NAME,
    "service.version": version,
    "service.instance.id": crypto.randomUUID(),
  });
  return defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
}
