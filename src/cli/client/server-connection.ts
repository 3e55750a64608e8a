import { type Client, createClient, type Fetch } from "../../client/index.ts";
import { type ClientEnvironment, loadSecrets, type Settings } from "../../config.ts";
import { Secret } from "../../core/secret.ts";
import { UsageError } from "../exit.ts";
import { listen, serverOptions } from "../server-options.ts";

/** The server that answers. */
export interface Connection {
  readonly client: Client;
  readonly url: string;
  /** It runs inside this process. */
  readonly own: boolean;
  /** It was given a token of the user's. */
  readonly hasToken: boolean;
  close(): Promise<void>;
}

/**
 * Starts a server inside this process, on a free port of loopback. Other users of the machine can reach loopback,
 * so it wants a token that nobody else knows.
 */
export function startOwn(settings: Settings): Connection {
  const token = new Secret(crypto.randomUUID());
  const { heliconeKey } = loadSecrets(settings);
  const server = listen(
    serverOptions({ ...settings, host: "127.0.0.1", port: 0, logLevel: "silent" }, { token, heliconeKey }),
  );
  return {
    client: createClient({ baseUrl: server.url, token: token.reveal(), fetch: direct }),
    url: server.url,
    own: true,
    hasToken: false,
    close: () => server.stop(0),
  };
}

/** A server that runs already. @throws {UsageError} for what is no address */
export function connectTo(address: string, env: ClientEnvironment): Connection {
  const url = URL.parse(/^https?:\/\//.test(address) ? address : `http://${address}`);
  if (url === null || url.username !== "" || url.password !== "")
    throw new UsageError(`--server: ${address} is not an address such as http://127.0.0.1:8001.`);
  const baseUrl = url.href.replace(/\/+$/, "");
  return {
    client: createClient({ baseUrl, token: env.token?.reveal(), fetch: direct }),
    url: baseUrl,
    own: false,
    hasToken: env.token !== undefined,
    close: () => Promise.resolve(),
  };
}

/** Not through a proxy, which would read the key, and without the runtime's timer: the server has timeouts of its own. */
const direct: Fetch = (url, init) =>
  fetch(url, { ...init, proxy: false, timeout: false, redirect: "manual" });
