/** The whole server inside a test, with settings that let everything in. */

import { pino } from "pino";
import { AnswerStore, DEFAULT_RESUME_LIMITS } from "../../src/answers/answer-store.ts";
import { NO_ROUTING } from "../../src/routing/settings.ts";
import { type AppOptions, createApp } from "../../src/server/app.ts";
import { ConcurrencyLimiter } from "../../src/server/concurrency-limiter.ts";

/** @param given in place of what it has unless told; it does not listen yet */
export function testApp(given: Pick<AppOptions, "upstream"> & Partial<AppOptions>) {
  const app: ReturnType<typeof createApp> = createApp({
    answers: new AnswerStore(DEFAULT_RESUME_LIMITS),
    routing: () => NO_ROUTING,
    ownKeyAccess: { token: undefined, allowOrigins: [] },
    access: {
      bound: () => ({ hostname: "127.0.0.1", port: app.server?.port ?? 0 }),
      allowHosts: [],
      allowOrigins: [],
      token: undefined,
    },
    limiter: new ConcurrencyLimiter(10),
    findLocal: () => Promise.resolve([]),
    logger: pino({ level: "silent" }),
    limits: { maxBytes: 100_000, maxDepth: 64, timeoutMs: 5_000 },
    keepAliveMs: 10_000,
    idleSeconds: 30,
    version: "0",
    ...given,
  });
  return app;
}
