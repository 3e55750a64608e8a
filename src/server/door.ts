import { createHash, timingSafeEqual } from "node:crypto";
import type { Failure } from "../core/failure.ts";
import type { Secret } from "../core/secret.ts";

/** Who may ask (contract, section 6). */
export interface DoorPolicy {
  /** The address that is bound, and the port, known only once it is. */
  readonly bound: () => { readonly hostname: string; readonly port: number };
  /** `name`, for any port, or `name:port`. */
  readonly allowHosts: readonly string[];
  readonly allowOrigins: readonly string[];
  readonly token: Secret | undefined;
}

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];
/** One origin: two headers arrive as a list. */
const DESKTOP_SHELLS = /^(?:app|tauri|vscode-webview):\/\/[^\s,]*$/;
const LOOPBACK_ORIGIN =
  /^https?:\/\/(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/;
const ALLOWED_REQUEST_HEADERS = "content-type, authorization, x-nash-llm-token";
const EXPOSED_HEADERS = "x-session-id, x-request-id, retry-after";

/** What the door decided: let in, turned away, or a preflight that it answers itself. */
export interface Verdict {
  readonly failure?: Failure;
  readonly preflight?: true;
  /** Headers that let the page that asked read the answer. */
  readonly cors: Record<string, string>;
}

/** Judges a request by its headers alone, before anything is routed or read. */
export function judgeRequest(request: Request, path: string, policy: DoorPolicy): Verdict {
  const host = request.headers.get("host") ?? "";
  if (!isOurHost(host, policy)) return { failure: misdirected(), cors: {} };

  const origin = request.headers.get("origin");
  if (origin !== null && !mayAsk(origin, host, policy)) return { failure: foreignOrigin(origin), cors: {} };
  const cors = origin === null ? {} : corsHeaders(origin);
  const isApi = path === "/v1" || path.startsWith("/v1/");
  if (origin === null && isForeignFetch(request, isApi)) return { failure: foreignFetch(), cors };

  if (request.method === "OPTIONS") return { preflight: true, cors };
  if (isApi && policy.token !== undefined && !carriesToken(request, policy.token)) {
    return {
      failure: {
        type: "unauthorized",
        message: "This server wants its token, as `authorization: Bearer …` or `x-nash-llm-token`.",
      },
      cors,
    };
  }
  if (isApi && hasBody(request.method) && !isJson(request)) {
    return {
      failure: { type: "unsupported_media_type", message: "Send `content-type: application/json`." },
      cors,
    };
  }
  return { cors };
}

/** `Host` must name this server: against names of others that point here (DNS rebinding). */
function isOurHost(host: string, { bound, allowHosts }: DoorPolicy): boolean {
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

function mayAsk(origin: string, host: string, { allowOrigins }: DoorPolicy): boolean {
  if (LOOPBACK_ORIGIN.test(origin) || DESKTOP_SHELLS.test(origin)) return true;
  return origin === `http://${host}` || origin === `https://${host}` || allowOrigins.includes(origin);
}

/** What a page of another site can send without an Origin. Plain navigations may look at our own pages. */
function isForeignFetch(request: Request, isApi: boolean): boolean {
  if (request.headers.get("sec-fetch-site") !== "cross-site") return false;
  const navigates = request.method === "GET" && request.headers.get("sec-fetch-mode") === "navigate";
  return isApi || !navigates;
}

function corsHeaders(origin: string): Record<string, string> {
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": EXPOSED_HEADERS,
    vary: "origin",
  };
}

/** What a preflight is told, beside the headers that every answer to the page has. */
export const PREFLIGHT_HEADERS = {
  "access-control-allow-methods": "GET, POST",
  "access-control-allow-headers": ALLOWED_REQUEST_HEADERS,
  "access-control-max-age": "600",
};

function carriesToken(request: Request, token: Secret): boolean {
  const bearer = /^bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  return [bearer, request.headers.get("x-nash-llm-token")].some((given) =>
    timingSafeEqual(digest(given ?? ""), digest(token.reveal())),
  );
}

/** Digests are of equal length, which `timingSafeEqual` insists on. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

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
