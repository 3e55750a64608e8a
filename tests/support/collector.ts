/** A collector of OpenTelemetry: takes OTLP over HTTP in JSON and keeps what came. */

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** 2 is a server's, 3 a client's. */
  readonly kind: number;
  readonly failed: boolean;
  readonly milliseconds: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface Collector extends AsyncDisposable {
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** By name: the attributes and the count of each series, as last reported. */
  readonly metrics: ReadonlyMap<string, readonly { attributes: Record<string, unknown>; count: number }[]>;
  readonly resource: Readonly<Record<string, unknown>>;
  /** All that came, as it came. */
  readonly text: string;
  readonly headers: readonly Headers[];
  /** Answers with this status from now on. */
  refuseWith(status: number): void;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

export function startCollector(): Collector {
  const spans: CollectedSpan[] = [];
  const metrics = new Map<string, { attributes: Record<string, unknown>; count: number }[]>();
  const headers: Headers[] = [];
  let resource: Record<string, unknown> = {};
  let text = "";
  let status = 200;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const body = await request.text();
      if (status !== 200) return new Response("no", { status });
      text += body;
      headers.push(request.headers);
      const sent = JSON.parse(body);
      for (const group of sent.resourceSpans ?? []) {
        resource = attributesOf(group.resource.attributes);
        for (const scope of group.scopeSpans) for (const span of scope.spans) spans.push(spanOf(span));
      }
      for (const group of sent.resourceMetrics ?? [])
        for (const scope of group.scopeMetrics)
          for (const { name, histogram } of scope.metrics)
            metrics.set(
              name,
              histogram.dataPoints.map((point: { attributes: Attribute[]; count: number }) => ({
                attributes: attributesOf(point.attributes),
                count: Number(point.count),
              })),
            );
      return Response.json({});
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    spans,
    metrics,
    headers,
    get resource() {
      return resource;
    },
    get text() {
      return text;
    },
    refuseWith: (refused) => {
      status = refused;
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly status: { readonly code?: number };
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
}

function spanOf({ startTimeUnixNano: from, endTimeUnixNano: to, ...span }: OtlpSpan): CollectedSpan {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId || undefined,
    name: span.name,
    kind: span.kind,
    failed: span.status.code === 2,
    milliseconds: Number(BigInt(to) - BigInt(from)) / 1e6,
    attributes: attributesOf(span.attributes),
  };
}

function attributesOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const [kind, held] = Object.entries(value)[0] ?? [];
      return [key, kind === "intValue" ? Number(held) : held];
    }),
  );
}
