import { pino } from "pino";
import { Secret } from "../../core/secret.ts";
import { startSandbox } from "../../sandbox/server.ts";
import { startServer } from "../../server/start.ts";
import { VERSION } from "../../version.ts";
import { Canary } from "./canary.ts";

/** Short clocks, so that models that hang are no reason to wait. */
const CLOCKS = { connect: 300, firstEvent: 400, gap: 400, answer: 3_000 };

/** A server, the provider that fails in every way, and the secrets that both are given. */
export interface Stage {
  readonly server: string;
  readonly sandbox: string;
  /** The provider's key, this server's token and the key for Helicone. */
  readonly key: Canary;
  readonly token: Canary;
  readonly heliconeKey: Canary;
  /** Lines of the log so far. */
  readonly log: readonly string[];
  /** What the provider was sent so far. */
  readonly received: readonly string[];
  stop(): Promise<void>;
}

export function openStage(): Stage {
  const key = new Canary("the provider's key", "sk-");
  const token = new Canary("this server's token", "tok-");
  const heliconeKey = new Canary("the key for Helicone", "sk-h-");
  const log: string[] = [];
  const received: string[] = [];
  const sandbox = startSandbox({
    pace: 0,
    onRequest: ({ method, path, query, headers, body }) =>
      received.push(JSON.stringify({ method, path, query, headers, body })),
  });
  const server = startServer({
    hostname: "127.0.0.1",
    port: 0,
    token: new Secret(token.value),
    heliconeKey: new Secret(heliconeKey.value),
    allowHosts: [],
    allowOrigins: [],
    allowUpstreams: [],
    proxies: undefined,
    maxStreams: 1_000,
    body: { maxBytes: 1_000_000, maxDepth: 64, timeoutMs: 1_000 },
    answer: { maxLine: 100_000, maxAnswer: 500_000 },
    clocks: CLOCKS,
    retries: 1,
    findLocal: () => Promise.resolve([]),
    logger: pino({ level: "debug", base: null }, { write: (line: string) => void log.push(line) }),
    version: VERSION,
  });
  return {
    server: server.url,
    sandbox: sandbox.url,
    key,
    token,
    heliconeKey,
    log,
    received,
    async stop() {
      await server.stop(0);
      await sandbox.stop();
    },
  };
}
