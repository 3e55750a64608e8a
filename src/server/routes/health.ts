import { Elysia } from "elysia";
import type { Metrics } from "../metrics.ts";
import type { Running } from "../running.ts";

/** What machines ask about the server itself. */
export function healthRoutes(running: Running, metrics: () => Metrics) {
  return new Elysia({ name: "health" })
    .get("/health", () => ({ status: "ok" }), { detail: { summary: "Whether the process lives" } })
    .get(
      "/ready",
      ({ set }) => {
        const ready = !running.stopping && !running.full;
        if (!ready) set.status = 503;
        return {
          status: running.stopping ? "stopping" : running.full ? "full" : "ready",
          open: running.size,
        };
      },
      { detail: { summary: "Whether it takes new answers: 503 while it stops or is full" } },
    )
    .get(
      "/metrics",
      async ({ set }) => {
        set.headers["content-type"] = metrics().contentType;
        return metrics().render();
      },
      { detail: { summary: "Prometheus metrics" } },
    );
}
