/** Requests that no client library would send, byte by byte. */

import fc from "fast-check";
import { KEY } from "./request-bodies.ts";

/** One header as it goes over the wire. `{host}` stands for the server's own address, `{length}` for the body's length. */
type Line = string;

const HOSTS = [
  "{host}",
  "{host}",
  "{host}",
  "{host}",
  "localhost:{port}",
  "evil.example",
  "evil.example:{port}",
  "{host}.evil.example",
  "0.0.0.0:{port}",
  "127.0.0.1",
  "127.0.0.1:1",
  "[::1]:{port}",
  "",
  " ",
  "x",
  "{host}, {host}",
  "{host}\0",
  "user@{host}",
  "169.254.169.254",
  "127.0.0.1:{port}:{port}",
  "LOCALHOST:{port}",
  "{host}/",
  "\u00ff",
] as const;
const ORIGINS = [
  "http://localhost:3000",
  "app://x",
  "http://{host}",
  "https://evil.example",
  "null",
  "http://127.0.0.1.evil.example",
  "http://localhost.evil.example",
  "http://evil.example:{port}",
  "file://",
  "",
  "http://localhost, https://evil.example",
  "app://x,https://evil.example",
  "http://[::1]:80",
  "\0",
  "javascript:alert(1)",
  "vscode-webview://a b",
] as const;
const TYPES = [
  "application/json",
  "application/json",
  "application/json; charset=utf-8",
  "text/plain",
  "multipart/form-data; boundary=x",
  "application/x-www-form-urlencoded",
  "",
  "application/json, text/plain",
  "application/jsonx",
  "APPLICATION/JSON",
  "text/plain; application/json",
] as const;
const LENGTHS = [
  "{length}",
  "{length}",
  "{length}",
  "0",
  "-1",
  "+5",
  "0x10",
  "5, 5",
  "1e3",
  "99999999999999999999",
  " 7 ",
  "",
  "{length}\0",
] as const;
const CODINGS = [
  "chunked",
  "chunked",
  "identity",
  "chunked, identity",
  "gzip, chunked",
  "xchunked",
  "\tchunked",
  "chunked\0",
  "Chunked",
  "",
] as const;
const OTHERS = [
  "connection: close",
  "connection: keep-alive, upgrade",
  "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
  "upgrade: h2c\r\nhttp2-settings: AA",
  "expect: 100-continue",
  "expect: nonsense",
  "te: trailers",
  "trailer: x",
  `authorization: Bearer ${KEY}`,
  `x-nash-llm-token: ${KEY}`,
  `x-api-key: ${KEY}`,
  `cookie: a=${KEY}`,
  "x: a\r\n b",
  "x: a\r\n\tb",
  "x:\0",
  "\0: x",
  "x y: z",
  ": x",
  "x",
  "x :y",
  "x: \u00ff\u00fe",
  "sec-fetch-site: cross-site",
  "sec-fetch-site: cross-site\r\nsec-fetch-mode: navigate",
  "sec-fetch-site: same-origin",
  "sec-fetch-site: none",
  "access-control-request-method: POST",
  "accept: text/event-stream",
  "accept: */*",
  "content-encoding: gzip",
  "x-forwarded-host: evil.example",
  "x-http-method-override: DELETE",
  "content-length: 0",
  "x: a\nhost: evil.example",
  "x: a\rb",
  `x: ${"a".repeat(20_000)}`,
  `${"a".repeat(9_000)}: x`,
  Array.from({ length: 300 }, (_, i) => `x-${i}: y`).join("\r\n"),
  "range: bytes=0-0",
  "if-none-match: *",
  "date: x",
] as const;

const one = (name: string, values: readonly string[]) =>
  fc.constantFrom(...values).map((value): Line => `${name}: ${value}`);

const METHODS = [
  "POST",
  "POST",
  "POST",
  "POST",
  "GET",
  "GET",
  "HEAD",
  "OPTIONS",
  "PUT",
  "PATCH",
  "DELETE",
  "TRACE",
  "CONNECT",
  "PRI",
  "get",
  "G\0T",
  "",
  "A".repeat(2_000),
  "POST ",
  "\r\nPOST",
  "M-SEARCH",
  "PROPFIND",
  "\u00ff",
] as const;
const TARGETS = [
  "/v1/chat/completions/stream",
  "/v1/chat/completions/stream",
  "/v1/chat/summarize",
  "/v1/chat/tokens",
  "/v1/chat/models",
  "/v1/local",
  "/",
  "/health",
  "/ready",
  "/metrics",
  "/docs",
  "/openapi.json",
  "/llms.txt",
  "/v1",
  "/v1/",
  "/V1/chat/tokens",
  "//v1/chat/tokens",
  "/v1/chat/tokens/",
  "/v1/chat/../chat/tokens",
  "/v1/%63hat/tokens",
  "/%00",
  "/%",
  "/%ff%fe",
  "/..",
  "/../../etc/passwd",
  "/\\..\\x",
  "/a b",
  "*",
  "",
  "?",
  "#",
  "x",
  "http://evil.example/v1/chat/tokens",
  "http://{host}/health",
  "//evil.example/health",
  "http:///",
  "evil.example:443",
  "/\u00ff",
  "/\x7f",
  "/\0",
  `/${"a".repeat(30_000)}`,
  `/v1/chat/models?api_key=${KEY}`,
  `/${KEY}`,
  "/health?x#y",
  "/__proto__",
  "/constructor",
  "/v1/chat/completions/stream?x=1",
] as const;
const VERSIONS = [
  "HTTP/1.1",
  "HTTP/1.1",
  "HTTP/1.1",
  "HTTP/1.1",
  "HTTP/1.0",
  "HTTP/0.9",
  "HTTP/2.0",
  "HTTP/1.2",
  "http/1.1",
  "HTTP/1.1 x",
  "",
  "HTTP/11",
  "RTSP/1.0",
] as const;

/** A body as it goes over the wire. */
const FRAMINGS = [
  (body: string) => body,
  (body: string) => body,
  (body: string) => `${Buffer.byteLength(body, "latin1").toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  (body: string) => `${Buffer.byteLength(body, "latin1").toString(16)};x=y\r\n${body}\r\n0\r\nx: y\r\n\r\n`,
  (body: string) => `fffffffffffffffff\r\n${body}`,
  (body: string) => `-1\r\n${body}\r\n0\r\n\r\n`,
  (body: string) => `5\n${body}\n0\n\n`,
  (body: string) => `0\r\n\r\nGET /health HTTP/1.1\r\nhost: evil.example\r\n\r\n${body}`,
  () => "",
  (body: string) => body.slice(0, body.length / 2),
  (body: string) => `${body}GET / HTTP/1.1\r\n\r\n`,
] as const;

export interface Head {
  readonly line: string;
  readonly lines: readonly Line[];
  readonly end: string;
  readonly framing: (body: string) => string;
}

/** The usual, but for one time in twelve. */
function mostly<T>(usual: readonly T[], odd: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 11, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  );
}

/** A head of any kind; most have a Host, a type and a length. */
export const heads: fc.Arbitrary<Head> = fc
  .record({
    method: mostly(["POST", "POST", "POST", "GET"], METHODS),
    target: mostly(["{path}"], TARGETS),
    version: mostly(["HTTP/1.1"], VERSIONS),
    usual: fc.tuple(
      fc.option(
        mostly(
          ["host: {host}"],
          HOSTS.map((host) => `host: ${host}`),
        ),
        { freq: 12 },
      ),
      fc.option(
        mostly(
          ["content-type: application/json"],
          TYPES.map((type) => `content-type: ${type}`),
        ),
        { freq: 12 },
      ),
      fc.option(
        mostly(
          ["content-length: {length}"],
          [
            ...LENGTHS.map((length) => `content-length: ${length}`),
            ...CODINGS.map((coding) => `transfer-encoding: ${coding}`),
          ],
        ),
        { freq: 12 },
      ),
    ),
    more: fc.array(
      fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom<Line>(...OTHERS) },
        { weight: 3, arbitrary: one("origin", ORIGINS) },
        { weight: 1, arbitrary: one("host", HOSTS) },
        { weight: 1, arbitrary: one("content-length", LENGTHS) },
        { weight: 1, arbitrary: one("transfer-encoding", CODINGS) },
        { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
      ),
      { maxLength: 2 },
    ),
    end: mostly(["\r\n"], ["\n", "\r", ""]),
    framing: mostly([FRAMINGS[0]], FRAMINGS),
  })
  .map(({ method, target, version, usual, more, end, framing }) => ({
    line: `${method} ${target}${version === "" ? "" : ` ${version}`}`,
    lines: [...usual.filter((line) => line !== null), ...more],
    end,
    framing,
  }));

/** The bytes of a request to the server at this port, for this path where the head names no other. */
export function requestBytes(
  { line, lines, end, framing }: Head,
  path: string,
  body: Uint8Array,
  port: number,
): Uint8Array {
  const framed = framing(Buffer.from(body).toString("latin1"));
  const text = `${[line, ...lines].join(end || "\r\n")}${end}${end}`
    .replace("{path}", path)
    .replaceAll("{host}", `127.0.0.1:${port}`)
    .replaceAll("{port}", String(port))
    .replaceAll("{length}", String(body.length));
  return Buffer.from(text + framed, "latin1");
}

/** Whether such a head may not have anything done for it: a Host, an origin or a type that docs/protocol.md 6 refuses. */
export function isForeign({ line, lines }: Head): boolean {
  const all = lines.join("\r\n").toLowerCase();
  const hosts = [...all.matchAll(/^host: (.*)$/gm)].map(([, host]) => host);
  const isOurs =
    hosts.length === 1 && ["{host}", "localhost:{port}", "[::1]:{port}"].includes(hosts[0] ?? "");
  const hasForeignPage = /^origin: .*(?:evil|null|file|javascript)/m.test(all);
  const hasOtherType = !/^content-type: application\/json(?:; charset=utf-8)?$/m.test(all);
  return !isOurs || hasForeignPage || hasOtherType || !line.startsWith("POST ");
}
