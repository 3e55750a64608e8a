import { parseJson } from "../core/json.ts";
import { Exchange } from "./exchange.ts";
import { handleRequest } from "./handle-request.ts";
import type { IncomingRequest } from "./protocol.ts";
import { LiveRecord, type SandboxRecord } from "./record.ts";
import { RequestHistory } from "./request-history.ts";

/** Above the largest body that a provider takes, so that the answer to a larger one is the provider's. */
const MOST_BYTES = 64 * 1024 * 1024;

export interface SandboxOptions {
  /** 127.0.0.1 unless said. */
  readonly hostname?: string;
  /** 0, any free one, unless said. */
  readonly port?: number;
  /** Tokens a second of every model that has a pace; 0 is as fast as they are read. About 40 unless said. */
  readonly pace?: number;
  /** Told of each request once its body is there, before it is answered. */
  readonly onRequest?: (record: SandboxRecord) => void;
}

export interface Sandbox {
  /** The base URL to give to a client: `http://127.0.0.1:<port>/v1`. */
  readonly url: string;
  readonly port: number;
  /** Answers that are being written or waited for right now. */
  readonly open: number;
  /** Requests so far. */
  readonly requests: number;
  /** Ends every answer where it is and frees the port. */
  stop(): Promise<void>;
}

/**
 * Starts a provider that follows scripts, over real HTTP: strict like the real ones, and failing in all their ways. It
 * speaks OpenAI's chat completions and Responses and Anthropic's Messages; the model's name chooses what happens.
 * @throws Where the port is taken.
 */
export function startSandbox({
  hostname = "127.0.0.1",
  port = 0,
  pace,
  onRequest,
}: SandboxOptions = {}): Sandbox {
  const exchanges = new Set<Exchange>();
  const history = new RequestHistory();
  let requests = 0;

  const server = Bun.serve({
    hostname,
    port,
    reusePort: false,
    // Silent answers are part of the program, and so are clients that do not read.
    idleTimeout: 0,
    maxRequestBodySize: MOST_BYTES,
    // Otherwise each connection that a script tears down is printed with a stack.
    development: false,
    async fetch(request) {
      requests++;
      const exchange = new Exchange(() => exchanges.delete(exchange));
      exchanges.add(exchange);
      request.signal.addEventListener("abort", () => exchange.end("cancelled"));
      const { pathname, search } = new URL(request.url);
      const incoming = await receive(request, pathname);
      const record = new LiveRecord(incoming, search, exchange);
      onRequest?.(record);
      try {
        return await handleRequest(incoming, {
          exchange,
          history,
          pace,
          onParsed: ({ merged }) => {
            record.merged = merged;
          },
        });
      } finally {
        if (!exchange.streaming) exchange.end("finished");
      }
    },
  });

  return {
    url: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${server.port}/v1`,
    port: server.port ?? port,
    get open() {
      return exchanges.size;
    },
    get requests() {
      return requests;
    },
    async stop() {
      for (const exchange of exchanges) exchange.end("cancelled");
      await server.stop(true);
    },
  };
}

/** Reads the request whole. A client that leaves in the middle of it has sent an empty body. */
async function receive(request: Request, path: string): Promise<IncomingRequest> {
  const bytes = await request.bytes().catch(() => new Uint8Array());
  const text = new TextDecoder().decode(bytes);
  const json = parseJson(text);
  return {
    method: request.method,
    path,
    headers: Object.fromEntries(request.headers),
    body: json === undefined && text !== "" ? text : json,
    isJson: json !== undefined,
    bytes: bytes.length,
  };
}
