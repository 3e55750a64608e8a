/**
 * The providers' real names, on this machine: a proxy that leads every TLS connection to one strict stand-in, which
 * holds a certificate for all of them. The program is told of the proxy and of the certificate's authority, and of
 * nothing else.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "../../src/sandbox/server.ts";
import { certify } from "../upstream/certificates.ts";

/** A request as it arrived behind the TLS of a provider's name. */
export interface Arrival {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Names in lower case, in the order and number in which they came. */
  readonly names: readonly string[];
  readonly body: string;
}

export interface Internet {
  /** What the program needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly arrivals: Arrival[];
  /** `name:port` of every connection that was asked for. */
  readonly asked: string[];
  stop(): Promise<void>;
}

/** @param names the host names that the stand-in can prove to be */
export async function startInternet(names: readonly string[]): Promise<Internet> {
  const folder = mkdtempSync(join(tmpdir(), "nash-llm-test-"));
  const authority = certify("an authority for this test");
  const { cert, key } = certify("everyone", names, authority);
  writeFileSync(join(folder, "authority.pem"), authority.cert);
  const sandbox = startSandbox({ pace: 0 });
  const arrivals: Arrival[] = [];
  const asked: string[] = [];

  const behind = createSecureServer({ cert, key }, (request, response) => {
    answer(request, response, sandbox.port, arrivals).catch(() => response.destroy());
  });
  const proxy = createServer();
  proxy.on("connect", (request, socket) => {
    asked.push(request.url ?? "");
    const onwards = connect(portOf(behind), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connected\r\n\r\n");
      onwards.pipe(socket);
      socket.pipe(onwards);
    });
    onwards.on("error", () => socket.destroy());
    socket.on("error", () => onwards.destroy());
  });
  await Promise.all([listening(behind), listening(proxy)]);

  return {
    env: {
      HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}`,
      NODE_EXTRA_CA_CERTS: join(folder, "authority.pem"),
    },
    arrivals,
    asked,
    async stop() {
      behind.closeAllConnections();
      proxy.closeAllConnections();
      behind.close();
      proxy.close();
      await sandbox.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  sandboxPort: number,
  arrivals: Arrival[],
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const { method = "", url = "", rawHeaders } = request;
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  const body = Buffer.concat(parts).toString("utf8");
  const names = rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
  arrivals.push({ method, path: url, headers, names, body });

  // The sandbox knows each protocol's own way to send a key; Azure's is another.
  const { "api-key": azureKey, host: _host, connection: _connection, ...same } = headers;
  const inner = await fetch(`http://127.0.0.1:${sandboxPort}${url}`, {
    method,
    headers: azureKey === undefined ? same : { ...same, authorization: `Bearer ${azureKey}` },
    ...(method === "GET" ? {} : { body }),
  });
  response.writeHead(inner.status, { "content-type": inner.headers.get("content-type") ?? "" });
  for await (const bytes of inner.body ?? []) response.write(bytes);
  response.end();
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
