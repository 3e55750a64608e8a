import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Program, startProgram } from "../support/program.ts";
import { type Asked, askRaw, errorIn } from "../support/raw-request-cases.ts";

/** `Host` must name this server (docs/protocol.md, section 6): against names of others that point here. */

let program: Program;
let named: Program;
beforeAll(async () => {
  program = await startProgram();
  named = await startProgram({ args: ["--allow-host", "Box.local", "--allow-host", "tls.example:443"] });
});
afterAll(async () => {
  await program.stop();
  await named.stop();
});

const host = (value: string): Asked => ({ noHost: true, headers: [["host", value]] });

/** Every answer must be the same before any path is looked at. */
const PATHS = [
  "GET /health HTTP/1.1",
  "GET /nowhere HTTP/1.1",
  "OPTIONS /v1/chat/models HTTP/1.1",
  "POST /v1/chat/completions/stream HTTP/1.1",
  "GET / HTTP/1.1",
  "GET /metrics HTTP/1.1",
];

const FOREIGN: Readonly<Record<string, Asked>> = {
  "another name": host("evil.example"),
  "another name with our port": { noHost: true, headers: [["host", "evil.example:{port}"]] },
  "a name that begins like ours": host("localhost.evil.example:{port}"),
  "a name that ends like ours": host("evil-localhost:{port}"),
  "another port": host("127.0.0.1:1"),
  "no port": host("127.0.0.1"),
  "a port that is no number": host("127.0.0.1:x"),
  "a port beyond all": host("127.0.0.1:99999999"),
  "the unspecified address": host("0.0.0.0:{port}"),
  "another loopback address": host("127.0.0.2:{port}"),
  "another spelling of the address": host("2130706433:{port}"),
  "a trailing dot": host("localhost.:{port}"),
  nothing: host(""),
  "two words": host("localhost {port}"),
  "a user": host("user@127.0.0.1:{port}"),
  "a path": host("127.0.0.1:{port}/x"),
  "half a bracket": host("[::1:{port}"),
  "angle brackets": host("<script>"),
  "two of them": {
    noHost: true,
    headers: [
      ["host", "127.0.0.1:{port}"],
      ["host", "127.0.0.1:{port}"],
    ],
  },
  "ours and another": {
    noHost: true,
    headers: [
      ["host", "127.0.0.1:{port}"],
      ["host", "evil.example"],
    ],
  },
  "a list": host("127.0.0.1:{port}, 127.0.0.1:{port}"),
  "ours only in another header": {
    noHost: true,
    headers: [
      ["host", "evil.example"],
      ["x-forwarded-host", "127.0.0.1:{port}"],
      ["forwarded", "host=127.0.0.1:{port}"],
    ],
  },
};

function withPort(asked: Asked, { port }: Program): Asked {
  const headers = (asked.headers ?? []).map(
    ([name, value]) => [name, value.replaceAll("{port}", String(port))] as const,
  );
  return { ...asked, headers };
}

describe.each(Object.entries(FOREIGN))("%s", (_, asked) => {
  test.each(PATHS)("%s", async (line) => {
    const answer = await askRaw(program, { line, ...withPort(asked, program) });
    expect([answer.status, errorIn(answer).type]).toEqual([421, "forbidden"]);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });
});

test("no Host at all: HTTP/1.0 gets the same answer, HTTP/1.1 is malformed", async () => {
  expect((await askRaw(program, { line: "GET /health HTTP/1.0", noHost: true })).status).toBe(421);
  expect(await askRaw(program, { noHost: true })).toMatchObject({ status: 400, body: "" });
});

test("a target in absolute form does not stand in for Host", async () => {
  const line = `GET http://127.0.0.1:${program.port}/health HTTP/1.1`;
  expect((await askRaw(program, { line, ...host("evil.example") })).status).toBe(421);
});

test.each(["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}"])(
  "%s is ours",
  async (name) => {
    expect((await askRaw(program, withPort(host(name), program))).status).toBe(200);
  },
);

test.each([
  ["box.local", 200],
  ["BOX.LOCAL:1", 200],
  ["box.local:65535", 200],
  ["tls.example:443", 200],
  ["tls.example", 421],
  ["tls.example:80", 421],
  ["a.box.local", 421],
  ["localhost:{port}", 200],
])("with --allow-host, %s is answered with %d", async (name, status) => {
  expect((await askRaw(named, withPort(host(name), named))).status).toBe(status);
});
