import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { type AddressInfo, createServer } from "node:net";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { startProgram } from "../support/program.ts";

setDefaultTimeout(60_000);

/** A proxy for plain http: it notes what it is asked for, and asks the sandbox in the place of whoever was meant. */
function startProxy(sandbox: () => Sandbox) {
  const asked: string[] = [];
  const credentials: (string | null)[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      asked.push(request.url);
      credentials.push(request.headers.get("proxy-authorization"));
      const { pathname } = new URL(request.url);
      return fetch(`http://127.0.0.1:${sandbox().port}${pathname}`, {
        method: request.method,
        headers: request.headers,
        body: await request.text(),
      });
    },
  });
  return {
    asked,
    credentials,
    port: server.port,
    url: `http://127.0.0.1:${server.port}`,
    stop: () => server.stop(true),
  };
}

let sandbox: Sandbox;
let proxy: ReturnType<typeof startProxy>;
beforeAll(() => {
  sandbox = startSandbox({ pace: 0 });
  proxy = startProxy(() => sandbox);
});
afterAll(async () => {
  proxy.stop();
  await sandbox.stop();
});

async function chat(url: string, base: string): Promise<string> {
  const response = await fetch(`${url}/v1/chat/completions/stream`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "demo-echo",
      messages: [{ role: "user", content: "through?" }],
      api_key: "any-word",
      api_base_url: base,
    }),
  });
  return response.text();
}

test("without --use-proxy the proxy sees nothing, and a name that only it knows is not found", async () => {
  await using program = await startProgram({ env: { HTTP_PROXY: proxy.url, http_proxy: proxy.url } });
  expect(await chat(program.url, sandbox.url)).toContain("through?");
  expect(await chat(program.url, "http://model.invalid/v1")).toContain('"type":"network"');
  expect(proxy.asked).toEqual([]);
});

test("with it names go through the proxy, but for those in NO_PROXY", async () => {
  const env = { HTTP_PROXY: proxy.url, NO_PROXY: "127.0.0.1" };
  await using program = await startProgram({ args: ["--use-proxy"], env });
  expect(await chat(program.url, sandbox.url)).toContain("through?");
  expect(proxy.asked).toEqual([]);
  expect(await chat(program.url, "http://model.invalid/v1")).toContain("through?");
  expect(proxy.asked.length).toBe(1);
  expect(await chat(program.url, "http://169.254.169.254/v1")).toContain('"type":"forbidden"');
  expect(proxy.asked.length).toBe(1);
});

test.each(["localhost 127.0.0.0/8", "[::1],127.*", "127.0.0.1:*,.local,127.0.0.1"])(
  "a local chat's key stays here with NO_PROXY=%s",
  async (rules) => {
    const before = proxy.asked.length;
    const env = { http_proxy: proxy.url, no_proxy: rules };
    await using program = await startProgram({ args: ["--use-proxy"], env });
    expect(await chat(program.url, sandbox.url)).toContain("through?");
    expect(proxy.asked.length).toBe(before);
  },
);

test("a % in the proxy's password is sent as it was meant", async () => {
  const env = { HTTP_PROXY: `http://user:a6%qg@127.0.0.1:${proxy.port}` };
  await using program = await startProgram({ args: ["--use-proxy"], env });
  expect(await chat(program.url, "http://model.invalid/v1")).toContain("through?");
  expect(proxy.credentials.at(-1)).toBe(`Basic ${btoa("user:a6%qg")}`);
});

test("a proxy with https is spoken to by TLS alone: it sees neither a request nor its password in the clear", async () => {
  let heard = Buffer.alloc(0);
  const listener = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (bytes: Buffer) => {
      heard = Buffer.concat([heard, bytes]);
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  const env = { ALL_PROXY: `https://user:secret@127.0.0.1:${port}` };
  await using program = await startProgram({ args: ["--use-proxy", "--retries", "0"], env });
  for (const base of ["https://model.invalid/v1", "http://model.invalid/v1"]) {
    heard = Buffer.alloc(0);
    expect(await chat(program.url, base)).toContain('"type":"network"');
    // A TLS record of the handshake (RFC 8446, section 5.1).
    expect(heard[0]).toBe(0x16);
    expect(heard.toString("latin1")).not.toMatch(/CONNECT|POST|Basic|any-word/);
  }
  listener.close();
});
