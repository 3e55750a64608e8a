import { type Client, type Clients, clientWith } from "../clients/client.ts";
import type { Failure } from "../core/failure.ts";
import { isLoopbackHost } from "../core/loopback.ts";
import type { Secret } from "../core/secret.ts";
import { bearerOf } from "../routing/caller-key.ts";
import { ASSET_PATHS } from "../web/paths.ts";
import { corsHeaders, mayAsk } from "./cross-origin.ts";

/** Who may ask (docs/protocol.md 5, 6 and 10). */
export interface AccessPolicy {
  /** The address that is bound, and the port, known only once it is. */
  readonly bound: () => { readonly hostname: string; readonly port: number };
  /** `name`, for any port, or `name:port`. */
  readonly allowHosts: readonly string[];
  readonly allowOrigins: readonly string[];
  readonly token: Secret | undefined;
  /** Where there are clients, a token of theirs is wanted and no other. */
  readonly clients?: () => Clients | undefined;
}

/** What was decided: let in, refused, or a preflight that is answered at once. */
export interface Verdict {
  readonly failure?: Failure;
  readonly preflight?: true;
  /** Who asks, where the server tells its clients apart. */
  readonly client?: Client;
  /** Headers that let the page that asked read the answer. */
  readonly cors: Record<string, string>;
}

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];

/** What neither wants the token nor ends when the server stops; for all else, prefixed paths too, both hold. */
const PUBLIC_PATHS: ReadonlySet<string> = new Set([
  "/",
  "/docs",
  "/openapi.json",
  "/llms.txt",
  "/health",
  "/ready",
  "/metrics",
  ...ASSET_PATHS,
]);

/** Whether a path asks for more than this server's pages and its health. */
export function isGuarded(path: string): boolean {
  return !PUBLIC_PATHS.has(path);
}

/** Whether a path is only for those who have the token, where there is one. Metrics are for whoever is on this machine. */
function wantsToken(path: string, { bound }: AccessPolicy): boolean {
  return isGuarded(path) || (path === "/metrics" && !isLoopbackHost(bound().hostname));
}

/** Judges a request by its headers alone, before anything is routed or read. */
export function checkRequest(request: Request, path: string, policy: AccessPolicy): Verdict {
  const host = request.headers.get("host") ?? "";
  if (!isOwnHost(host, policy)) return { failure: misdirected(), cors: {} };

  const origin = request.headers.get("origin");
  if (origin !== null && !mayAsk(origin, host, policy.allowOrigins)) {
    return { failure: foreignOrigin(origin), cors: {} };
  }
  const cors = origin === null ? {} : corsHeaders(origin);
  const guarded = isGuarded(path);
  if (origin === null && isForeignFetch(request, guarded)) return { failure: foreignFetch(), cors };

  if (request.method === "OPTIONS") return { preflight: true, cors };
  const clients = policy.clients?.();
  const client = guarded && clients ? clientWith(tokensIn(request.headers), clients) : undefined;
  if (wantsToken(path, policy) && !hasToken(request.headers, path, policy, client)) {
    const whose = guarded && clients !== undefined ? "the token of a client" : "its token";
    return {
      failure: {
        type: "unauthorized",
        message: `This server wants ${whose}, as \`x-nash-llm-token\`, \`authorization: Bearer …\` or \`x-api-key\`.`,
      },
      cors,
    };
  }
  const known = client === undefined ? {} : { client };
  if (guarded && hasBody(request.method) && !BODILESS.test(path) && !isJson(request)) {
    return {
      failure: { type: "unsupported_media_type", message: "Send `content-type: application/json`." },
      cors,
      ...known,
    };
  }
  return { cors, ...known };
}

/** `Host` must name this server: against names of others that point here (DNS rebinding). */
function isOwnHost(host: string, { bound, allowHosts }: AccessPolicy): boolean {
  const { hostname, port } = bound();
  const own = hostname.includes(":") ? `[${hostname}]` : hostname;
  const names = isUnspecified(hostname) ? LOOPBACK_NAMES : [...LOOPBACK_NAMES, own];
  const asked = host.toLowerCase();
  const name = asked.replace(/:\d+$/, "");
  if (names.some((ours) => asked === `${ours}:${port}` || (port === 80 && asked === ours))) return true;
  return allowHosts.some((allowed) => allowed === asked || (!/:\d+$/.test(allowed) && allowed === name));
}

function isUnspecified(hostname: string): boolean {
  return hostname === "0.0.0.0" || hostname === "::";
}

/** What a page of another site can send without an Origin. Plain navigations may look at our own pages. */
function isForeignFetch(request: Request, guarded: boolean): boolean {
  if (request.headers.get("sec-fetch-site") !== "cross-site") return false;
  const navigates = request.method === "GET" && request.headers.get("sec-fetch-mode") === "navigate";
  return guarded || !navigates;
}

/**
 * Where there are clients, one's token is wanted and no other; for the metrics this server's own token where it has one.
 * In the place of a key too: whether the request then finds one is for routing to say.
 */
function hasToken(
  headers: Headers,
  path: string,
  { token, clients }: AccessPolicy,
  client?: Client,
): boolean {
  const all = clients?.();
  if (all !== undefined && isGuarded(path)) return client !== undefined;
  const given = tokensIn(headers);
  if (token !== undefined) return given.some((each) => token.equals(each ?? ""));
  return all === undefined || clientWith(given, all) !== undefined;
}

function tokensIn(headers: Headers): readonly (string | null | undefined)[] {
  return [headers.get("x-nash-llm-token"), bearerOf(headers), headers.get("x-api-key")];
}

/** Posted without a body, and so without its type. @param path as a trace has it: without the id of an answer */
const BODILESS = /^(?:\/v1)?\/responses\/:id\/cancel$/;

/** What a page can send without a preflight is among these; the others have no path here and get a 405. */
function hasBody(method: string): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}

function isJson(request: Request): boolean {
  const [type = ""] = (request.headers.get("content-type") ?? "").split(";");
  return type.trim().toLowerCase() === "application/json";
}

function misdirected(): Failure {
  return {
    type: "forbidden",
    status: 421,
    message: "The Host header does not name this server. --allow-host adds names.",
  };
}

function foreignOrigin(origin: string): Failure {
  const shown = /^[\x21-\x7e]{1,200}$/.test(origin) ? origin : "that origin";
  return {
    type: "forbidden",
    message: `Pages of ${shown} may not ask this server. --allow-origin ${shown} would let them.`,
  };
}

function foreignFetch(): Failure {
  return {
    type: "forbidden",
    message: "Pages of other sites may not ask this server. --allow-origin lets them.",
  };
}
