import type { DocumentDecoration, Elysia } from "elysia";
import type { ConcurrencyLimiter } from "../concurrency-limiter.ts";
import type { Metrics } from "../metrics.ts";

const HEALTH_DETAIL: DocumentDecoration = {
  operationId: "health",
  tags: ["Server"],
  summary: "Whether the process lives",
  responses: {
    200: { description: "It lives.", content: { "application/json": { example: { status: "ok" } } } },
  },
};

const READY_DETAIL: DocumentDecoration = {
  operationId: "ready",
  tags: ["Server"],
  summary: "Whether it takes new answers",
  description: "`open` is how many answers are running.",
  responses: {
    200: {
      description: "It does.",
      content: { "application/json": { example: { status: "ready", open: 3 } } },
    },
    503: {
      description: "It does not: `status` is `stopping` or `full`.",
      content: { "application/json": { example: { status: "stopping", open: 3 } } },
    },
  },
};

const METRICS_DETAIL: DocumentDecoration = {
  operationId: "metrics",
  tags: ["Server"],
  summary: "Prometheus metrics",
  description:
    "Counts and times: never a key, a prompt or an answer. Beyond loopback it wants the server's token.",
  responses: { 200: { description: "The Prometheus text format.", content: { "text/plain": {} } } },
};

/** What machines ask about the server itself. */
export function addHealthRoutes(app: Elysia, limiter: ConcurrencyLimiter, metrics: () => Metrics): void {
  app
    .get("/health", () => ({ status: "ok" }), { detail: HEALTH_DETAIL })
    .get(
      "/ready",
      ({ set }) => {
        const ready = !limiter.leaving && !limiter.full;
        if (!ready) set.status = 503;
        if (limiter.stopping) set.headers["connection"] = "close";
        return {
          status: limiter.leaving ? "stopping" : limiter.full ? "full" : "ready",
          open: limiter.size,
        };
      },
      { detail: READY_DETAIL },
    )
    .get(
      "/metrics",
      async ({ set }) => {
        const { text, contentType } = await metrics().render();
        set.headers["content-type"] = contentType;
        return text;
      },
      { detail: METRICS_DETAIL },
    );
}
