import { pino } from "pino";
import { Secret } from "../../core/secret.ts";
import { NO_ROUTING } from "../../routing/settings.ts";
import { startSandbox } from "../../sandbox/server.ts";
import { readable } from "../../server/log.ts";
import { startServer } from "../../server/start.ts";
import { VERSION } from "../../version.ts";
import { Canary } from "./canary.ts";

/** Short timeouts, so that models that hang are no reason to wait. */
const CLOCKS = { connect: 300, firstEvent: 400, gap: 400, answer: 3_000 };

/** As many answers as the server takes at once. */
export const MOST_ANSWERS = 40;

/** How long answers may run on when the server stops, in milliseconds. */
const GRACE_MS = 200;

/** A server, the provider that fails in every way, and the secrets that both are given. */
export interface Stage {
  readonly server: string;
  readonly sandbox: string;
  /** The provider's key, this server's token and the key for Helicone. */
  readonly key: Canary;
  readonly token: Canary;
  readonly heliconeKey: Canary;
  /** Lines of the log so far, as they are and as a terminal shows them. */
  readonly log: readonly string[];
  /** What the provider was sent so far. */
  readonly received: readonly string[];
  /** Stops the server; what runs may run on for a while, and then ends with an error. */
  stopServer(): Promise<void>;
  stop(): Promise<void>;
}

export function openStage(): Stage {
  const key = new Canary("the provider's key", "sk-");
  const token = new Canary("this server's token", "tok-");
  const heliconeKey = new Canary("the key for Helicone", "sk-h-");
  const log: string[] = [];
  const shown = readable({ write: (line) => void log.push(line) });
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
    routing: () => NO_ROUTING,
    proxies: undefined,
    maxStreams: MOST_ANSWERS,
    body: { maxBytes: 1_000_000, maxDepth: 64, timeoutMs: 1_000 },
    answer: { maxLine: 100_000, maxAnswer: 500_000 },
    timeouts: CLOCKS,
    retries: 1,
    findLocal: () => Promise.resolve([]),
    logger: pino(
      { level: "debug", base: null },
      {
        write(line: string) {
          log.push(line);
          shown.write(line);
        },
      },
    ),
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
    stopServer: () => server.stop(GRACE_MS),
    async stop() {
      await server.stop(0);
      await sandbox.stop();
    },
  };
}
