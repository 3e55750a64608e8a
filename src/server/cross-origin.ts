import { isLoopbackHost } from "../core/loopback.ts";
import { isOwnPage } from "../routing/own-keys.ts";

/** Pages that may ask this server, and what they may send and read (docs/protocol.md 6 and 10). */

/** What SDKs in browsers send beside the headers that need no permission. */
const REQUEST_HEADERS = [
  "content-type",
  "authorization",
  "x-api-key",
  "anthropic-version",
  "anthropic-beta",
  "anthropic-dangerous-direct-browser-access",
  "openai-organization",
  "openai-project",
  ...[
    "arch",
    "async",
    "custom-poll-interval",
    "helper",
    "helper-method",
    "lang",
    "os",
    "package-version",
    "poll-helper",
    "retry-count",
    "runtime",
    "runtime-version",
    "timeout",
  ].map((name) => `x-stainless-${name}`),
  "x-session-id",
  "last-event-id",
  "x-nash-llm-token",
  "x-nash-llm-base-url",
  "x-nash-llm-protocol",
  "x-nash-llm-strict",
];

const EXPOSED_HEADERS = [
  "x-request-id",
  "request-id",
  "x-session-id",
  "x-answer-id",
  "retry-after",
  "retry-after-ms",
  "x-should-retry",
  "x-nash-llm-dropped",
  "x-nash-llm-changed",
  "x-nash-llm-receipt",
].join(", ");

/** One origin: two headers arrive as a list. */
const DESKTOP_SHELLS = /^(?:app|tauri|vscode-webview):\/\/[^\s,]*$/;
const WEB_ORIGIN = /^https?:\/\/([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/** Whether pages of an origin may ask at all. @param host the `Host` that was accepted */
export function mayAsk(origin: string, host: string, allowOrigins: readonly string[]): boolean {
  const page = WEB_ORIGIN.exec(origin)?.[1];
  if (page !== undefined && isLoopbackHost(page)) return true;
  return DESKTOP_SHELLS.test(origin) || isOwnPage(origin, host) || allowOrigins.includes(origin);
}

/** Headers that let the page that asked read the answer. */
export function corsHeaders(origin: string): Record<string, string> {
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": EXPOSED_HEADERS,
    vary: "origin",
  };
}

/** What a preflight is told, beside the headers that every answer to the page has. */
export const PREFLIGHT_HEADERS = {
  "access-control-allow-methods": "GET, POST, DELETE",
  "access-control-allow-headers": REQUEST_HEADERS.join(", "),
  "access-control-max-age": "600",
};
