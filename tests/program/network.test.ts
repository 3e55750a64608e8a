import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CHAT,
  chatBody,
  post,
  readNativeStream,
  readRefusal,
  SESSION,
  SUMMARIZE,
} from "../support/answers.ts";
import { type Program, startProgram } from "../support/program.ts";
import { reply, STREAM_HEAD, type StandIn, startStandIn } from "../support/stand-in.ts";
import { PROTOCOLS, type ProtocolName, wholeStream } from "../support/streams.ts";
import { certify } from "../upstream/certificates.ts";

/** What goes wrong below a provider's protocol: no connection, no TLS, no HTTP. */

const folder = mkdtempSync(join(tmpdir(), "nash-llm-test-"));
const authority = certify("an authority for this test");
const CERTIFICATES = {
  good: certify("good", ["localhost", "127.0.0.1"], authority),
  "for another name": certify("other", ["other.example"], authority),
  "of nobody's authority": certify("localhost"),
};

let program: Program;
beforeAll(async () => {
  const extra = join(folder, "authority.pem");
  writeFileSync(extra, authority.cert);
  program = await startProgram({
    args: ["--retries", "0", "--connect-timeout", "0.5"],
    env: { NODE_EXTRA_CA_CERTS: extra },
  });
});
afterAll(async () => {
  await program.stop();
  rmSync(folder, { recursive: true });
});

async function refused(url: string, provider: ProtocolName, path = CHAT) {
  const refusal = await readRefusal(await post(program, path, chatBody(url, "any", { provider })));
  expect(refusal.session).toBe(SESSION);
  expect(refusal.error.message).toMatch(/^[^<>\n]{10,200}\.$/);
  return [refusal.status, refusal.error.type] as const;
}

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const standIn = await startStandIn(() => undefined);
  await standIn.stop();
  return standIn.port;
}

describe.each(PROTOCOLS)("%s", (provider) => {
  describe.each([CHAT, SUMMARIZE])("%s", (path) => {
    test("nobody listens", async () => {
      expect(await refused(`http://127.0.0.1:${await closedPort()}/v1`, provider, path)).toEqual([
        502,
        "network",
      ]);
    });

    test("a name that nobody has", async () => {
      expect(await refused("https://nobody.has.this.name.invalid/v1", provider, path)).toEqual([
        502,
        "network",
      ]);
    });

    test.each(["for another name", "of nobody's authority"] as const)("a certificate %s", async (which) => {
      const standIn = await startStandIn(({ socket }) => socket.end(), { certificate: CERTIFICATES[which] });
      expect(await refused(standIn.url, provider, path)).toEqual([502, "network"]);
      expect(standIn.visits).toEqual([]);
      await standIn.stop();
    });

    test("TLS asked of a server that has none", async () => {
      const standIn = await startStandIn(() => undefined);
      expect(await refused(standIn.url.replace("http:", "https:"), provider, path)).toEqual([502, "network"]);
      expect(standIn.visits).toEqual([]);
      await standIn.stop();
    });

    test("no TLS where there must be", async () => {
      const standIn = await startStandIn(() => undefined, { certificate: CERTIFICATES.good });
      const [status, type] = await refused(standIn.url.replace("https:", "http:"), provider, path);
      expect(status).toBe(502);
      expect(["network", "bad_output"]).toContain(type);
      await standIn.stop();
    });

    test.each([
      ["closed at once", "end"],
      ["torn down at once", "resetAndDestroy"],
    ] as const)("%s", async (_, how) => {
      const server = createServer((socket) => socket.on("error", () => undefined)[how]());
      await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
      const { port } = server.address() as { port: number };
      expect(await refused(`http://127.0.0.1:${port}/v1`, provider, path)).toEqual([502, "network"]);
      server.close();
    });
  });

  test("a good certificate, for a name and for an address", async () => {
    const standIn = await startStandIn(
      ({ socket }) => socket.end(STREAM_HEAD + wholeStream(provider, ["Hello"])),
      {
        certificate: CERTIFICATES.good,
      },
    );
    for (const url of [standIn.url, standIn.url.replace("localhost", "127.0.0.1")]) {
      const response = await post(program, CHAT, chatBody(url, "any", { provider }));
      expect(readNativeStream(await response.text())).toMatchObject({ text: "Hello", error: undefined });
    }
    expect(standIn.visits.map(({ headers }) => headers["host"])).toEqual([
      `localhost:${standIn.port}`,
      `127.0.0.1:${standIn.port}`,
    ]);
    await standIn.stop();
  });
});

type Sent = { readonly bytes: string | Uint8Array; readonly after?: "end" | "reset" | "stay" };

const JSON_ERROR = '{"error":{"message":"Too long."}}';

/** What comes in place of a proper answer, and what becomes of it. */
const ODD: Readonly<Record<string, readonly [sent: Sent, status: number, type: string]>> = {
  "no HTTP": [{ bytes: "SSH-2.0-OpenSSH_9.2\r\n", after: "stay" }, 502, "bad_output"],
  "half a status line": [{ bytes: "HTTP/1.1 2", after: "end" }, 502, "network"],
  "headers without end": [
    { bytes: `HTTP/1.1 200 OK\r\nx: ${"a".repeat(8_000_000)}`, after: "stay" },
    502,
    "bad_output",
  ],
  "many headers": [
    { bytes: `HTTP/1.1 200 OK\r\n${"x: 0123456789\r\n".repeat(20_000)}\r\n`, after: "stay" },
    502,
    "bad_output",
  ],
  "a header with a NUL": [{ bytes: "HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n", after: "end" }, 502, "bad_output"],
  "a status beyond all": [
    { bytes: "HTTP/1.1 99 X\r\ncontent-length: 0\r\n\r\n", after: "end" },
    502,
    "bad_output",
  ],
  "a length that is none": [
    { bytes: "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", after: "end" },
    502,
    "bad_output",
  ],
  "another protocol": [
    { bytes: "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", after: "stay" },
    502,
    "bad_output",
  ],
  "no content": [{ bytes: "HTTP/1.1 204 No Content\r\n\r\n", after: "stay" }, 502, "bad_output"],
  "not modified": [{ bytes: "HTTP/1.1 304 Not Modified\r\n\r\n", after: "stay" }, 502, "upstream"],
  "an image": [{ bytes: reply(200, { "content-type": "image/png" }, "x") }, 502, "bad_output"],
  "an error page packed with gzip": [
    {
      bytes: reply(
        500,
        { "content-type": "text/html", "content-encoding": "gzip" },
        Bun.gzipSync("<h1>x</h1>"),
      ),
    },
    502,
    "upstream",
  ],
  "an error whose body never comes": [
    {
      bytes: "HTTP/1.1 429 X\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{",
      after: "stay",
    },
    429,
    "rate_limit",
  ],
  "an error whose body is torn down": [
    {
      bytes: "HTTP/1.1 401 X\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{",
      after: "reset",
    },
    401,
    "authentication",
  ],
  "an error that ends with the connection": [
    { bytes: `HTTP/1.0 413 X\r\n\r\n${JSON_ERROR}`, after: "end" },
    413,
    "too_large",
  ],
  "an error without a body": [
    { bytes: "HTTP/1.1 503 X\r\nretry-after: 9\r\n\r\n", after: "end" },
    503,
    "overloaded",
  ],
};

describe("odd answers", () => {
  let standIn: StandIn;
  beforeAll(async () => {
    standIn = await startStandIn(({ body, socket }) => {
      const [{ bytes, after }] = ODD[JSON.parse(body).model] as readonly [Sent, number, string];
      socket.write(bytes, () => {
        if (after === "end") socket.end();
        if (after === "reset") setTimeout(() => socket.resetAndDestroy(), 400);
      });
    });
  });
  afterAll(() => standIn.stop());

  test.each(Object.entries(ODD))("%s", async (name, [, status, type]) => {
    const refusal = await readRefusal(await post(program, CHAT, chatBody(standIn.url, name)));
    expect([refusal.status, refusal.error.type, refusal.session]).toEqual([status, type, SESSION]);
    expect(refusal.error.message).toMatch(/^[\x20-\x7e]{5,300}$/);
  });
});

test.each([
  ["100 before the answer", "HTTP/1.1 100 Continue\r\n\r\n"],
  ["103 before the answer", "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"],
  ["letters beyond ASCII in a header", ""],
])("%s", async (_, before) => {
  const standIn = await startStandIn(({ socket }) => {
    const head = STREAM_HEAD.replace("connection:", "x-name: G\xfcnther\r\nconnection:");
    socket.end(
      Buffer.concat([Buffer.from(before + head, "latin1"), Buffer.from(wholeStream("openai", ["Hello"]))]),
    );
  });
  const response = await post(program, CHAT, chatBody(standIn.url, "any"));
  expect(readNativeStream(await response.text())).toMatchObject({ text: "Hello", error: undefined });
  await standIn.stop();
});

test("a redirect is not followed, and its target sees nothing", async () => {
  const target = await startStandIn(({ socket }) =>
    socket.end(STREAM_HEAD + wholeStream("openai", ["Stolen"])),
  );
  for (const status of [301, 302, 303, 307, 308]) {
    const standIn = await startStandIn(({ socket }) =>
      socket.write(reply(status, { location: target.url }, "")),
    );
    const refusal = await readRefusal(await post(program, CHAT, chatBody(standIn.url, "any")));
    expect([refusal.status, refusal.error.type, refusal.error.provider_status]).toEqual([
      502,
      "upstream",
      status,
    ]);
    await standIn.stop();
  }
  expect(target.connections).toBe(0);
  await target.stop();
});

test("the server is well after all of this", async () => {
  expect(await (await fetch(`${program.url}/ready`)).json()).toEqual({ status: "ready", open: 0 });
  expect(program.stderr()).not.toContain('"stack"');
});
