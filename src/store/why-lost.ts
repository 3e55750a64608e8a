import { isIP, connect as openPlain, type Socket } from "node:net";
import { connect as openTls } from "node:tls";

/** How long the store may take to say what is wrong, in milliseconds. */
const PATIENCE_MS = 1_000;

/** Codes of the system, of TLS and of the store itself; what else they say may be anything. */
const CODE = /^[A-Z][A-Z0-9_]{2,47}$/;

const UNTRUSTED =
  "its certificate is from no authority that is trusted here; NODE_EXTRA_CA_CERTS names a file with further ones";

const WORDS: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name than that of the address",
  CERT_HAS_EXPIRED: "its certificate has expired",
  WRONGPASS: "it knows no such user, or another password",
  NOAUTH: "it wants a password: NASH_LLM_STORE_PASSWORD or --store-password-file",
  NOPERM: "the user of the address may not do all that is needed (docs/scale.md)",
  ECONNREFUSED: "nobody listens there",
  ENOENT: "there is no such socket",
  ENOTFOUND: "there is no such host",
};

/** Why the store could not be reached. */
export interface WhyLost {
  readonly code: string;
  /** For the log, where there is something to say. */
  readonly words: string | undefined;
}

/**
 * Asks the store over a connection of its own why it cannot be reached: the runtime's client says of a certificate that
 * is not trusted and of a wrong password alike that the connection was closed.
 * @param url of the store, its password included
 * @param command what is tried once it has let us in
 * @returns nothing where all goes well, or nothing can be found out
 */
export async function whyLost(url: URL, command: readonly string[]): Promise<WhyLost | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const socket = open(url);
  const timer = setTimeout(resolve, PATIENCE_MS);
  let heard = "";
  socket.on("error", (error) => resolve("code" in error ? String(error.code) : undefined));
  socket.on("close", () => resolve(undefined));
  socket.on("data", (bytes) => {
    heard += bytes.toString("latin1");
    const refusal = /^-(\S+)/m.exec(heard)?.[1];
    if (refusal !== undefined) resolve(refusal);
  });
  // Not a word, and no password above all, before it is known who listens.
  socket.once(url.protocol === "rediss:" ? "secureConnect" : "connect", () =>
    socket.write(`${login(url)}${resp(command)}`),
  );
  const code = await promise;
  clearTimeout(timer);
  socket.destroy();
  return code !== undefined && CODE.test(code) ? { code, words: WORDS[code] } : undefined;
}

function open({ protocol, hostname, port, pathname }: URL): Socket {
  if (protocol === "redis+unix:") return openPlain({ path: decodeURIComponent(pathname) });
  const host = hostname.replace(/^\[|\]$/g, "");
  const place = { host, port: Number(port || 6379) };
  if (protocol !== "rediss:") return openPlain(place);
  return openTls({ ...place, ...(isIP(host) === 0 ? { servername: host } : {}) });
}

function login({ username, password }: URL): string {
  if (password === "") return "";
  return resp([
    "AUTH",
    ...(username === "" ? [] : [decodeURIComponent(username)]),
    decodeURIComponent(password),
  ]);
}

function resp(words: readonly string[]): string {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${parts.length}\r\n${parts.join("")}`;
}
