import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { networkInterfaces } from "node:os";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { CHAT, chatBody, post, readNativeStream, readRefusal, SUMMARIZE } from "../support/answers.ts";
import { type Program, type ProgramOptions, runProgram, startProgram } from "../support/program.ts";

/** Where a request may go (docs/protocol.md 7), asked of the program itself. The rules one by one: tests/upstream/address-policy*. */

setDefaultTimeout(60_000);

let sandbox: Sandbox;
let program: Program;
beforeAll(async () => {
  sandbox = startSandbox({ pace: 0 });
  program = await startProgram({ args: ["--connect-timeout", "0.3", "--retries", "0"] });
});
afterAll(async () => {
  await program.stop();
  await sandbox.stop();
});

const PATHS = [CHAT, SUMMARIZE, "/v1/chat/models"];

async function ask(
  on: Program,
  path: string,
  url: string,
): Promise<[status: number, type: string | undefined]> {
  const { messages, model, ...address } = chatBody(url, "demo-fast");
  const response = await post(on, path, path.endsWith("models") ? address : { ...address, messages, model });
  if (response.status === 200) {
    await response.text();
    return [200, undefined];
  }
  const { status, error } = await readRefusal(response);
  return [status, error.type];
}

const NEVER = [
  "http://169.254.169.254/latest/meta-data/",
  "http://[fe80::1]/v1",
  "http://[fd00:ec2::254]/v1",
  "http://100.100.100.200/v1",
  "http://168.63.129.16/v1",
  "http://0.0.0.0:11434/v1",
  "http://0/v1",
  "http://[::]/v1",
  "http://224.0.0.1/v1",
  "http://[ff02::1]/v1",
  "http://255.255.255.255/v1",
  // The same in other spellings.
  "http://2852039166/v1",
  "http://0xa9fea9fe/v1",
  "http://0251.0376.0251.0376/v1",
  "http://169.254.43518/v1",
  "http://[::ffff:169.254.169.254]/v1",
  "http://[::ffff:a9fe:a9fe]/v1",
  "http://[64:ff9b::a9fe:a9fe]/v1",
  "http://[2002:a9fe:a9fe::]/v1",
  "http://①⑥⑨.②⑤④.①⑥⑨.②⑤④/v1",
  "https://169.254.169.254/v1",
];

describe("never, whatever the settings", () => {
  const SETTINGS: Readonly<Record<string, ProgramOptions>> = {
    "as it comes": {},
    "with everything allowed": {
      args: [
        "--allow-upstream",
        "0.0.0.0/0",
        "--allow-upstream",
        "::/0",
        "--allow-upstream",
        "169.254.169.254",
      ],
    },
    "through a proxy": {
      args: ["--use-proxy"],
      env: { HTTP_PROXY: "http://127.0.0.1:9", HTTPS_PROXY: "http://127.0.0.1:9" },
    },
  };
  test.each(Object.entries(SETTINGS))("%s", async (_, options) => {
    await using set = await startProgram(options);
    for (const url of NEVER) {
      for (const path of PATHS)
        expect([url, ...(await ask(set, path, url))]).toEqual([url, 403, "forbidden"]);
    }
  });

  test("this server itself, under all of its names", async () => {
    const own = Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).filter(({ family }) => family === "IPv4"),
    );
    const names = [
      "127.0.0.1",
      "localhost",
      "[::1]",
      "127.1",
      "[::ffff:127.0.0.1]",
      "a.localhost",
      ...own.map(({ address }) => address),
    ];
    for (const name of names) {
      const url = `http://${name}:${program.port}/v1`;
      for (const path of PATHS)
        expect([url, ...(await ask(program, path, url))]).toEqual([url, 403, "forbidden"]);
    }
  });
});

test.each([
  ["file:///etc/passwd", "api_base_url"],
  ["ftp://127.0.0.1/v1", "api_base_url"],
  ["unix:/run/docker.sock", "api_base_url"],
  ["javascript:alert(1)", "api_base_url"],
  ["data:application/json,{}", "api_base_url"],
  ["http://user:hunter2@127.0.0.1/v1", "api_base_url"],
  ["http://user@127.0.0.1/v1", "api_base_url"],
  ["http://demo.invalid:hunter2@169.254.169.254/v1", "api_base_url"],
  ["http://127.0.0.1:0/v1", "api_base_url"],
  ["http://127.0.0.1:99999/v1", "api_base_url"],
  ["//127.0.0.1/v1", "api_base_url"],
  ["127.0.0.1:8080", "api_base_url"],
  ["http://", "api_base_url"],
  ["http://a b/v1", "api_base_url"],
])("%s is no address", async (url, param) => {
  const { status, error } = await readRefusal(await post(program, CHAT, chatBody(url, "any")));
  expect([status, error.type, error.param]).toEqual([422, "invalid_request", param]);
  expect(error.message).not.toContain("hunter2");
});

describe("plain http to a public address", () => {
  test("is forbidden before anything is sent, with the way out", async () => {
    const { status, error } = await readRefusal(
      await post(program, CHAT, chatBody("http://8.8.8.8/v1", "any")),
    );
    expect([status, error.type]).toEqual([403, "forbidden"]);
    expect(error.message).toContain("--allow-upstream 8.8.8.8");
  });

  test("but for what --allow-upstream names", async () => {
    // A proxy stands in for the way out, so that nothing leaves this machine.
    const wayOut = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => new Response("{}", { status: 401 }),
    });
    await using set = await startProgram({
      args: ["--use-proxy", "--allow-upstream", "8.8.8.8"],
      env: { HTTP_PROXY: `http://127.0.0.1:${wayOut.port}` },
    });
    expect(await ask(set, CHAT, "http://8.8.8.8/v1")).toEqual([401, "authentication"]);
    expect(await ask(set, CHAT, "http://8.8.4.4/v1")).toEqual([403, "forbidden"]);
    await wayOut.stop(true);
  });

  test("names that nobody has are no way around it", async () => {
    expect(await ask(program, CHAT, "http://nobody.has.this.name.invalid/v1")).toEqual([502, "network"]);
  });
});

describe("bound beyond loopback", () => {
  const EXPOSED: ProgramOptions = { args: ["--host", "0.0.0.0"], env: { NASH_LLM_TOKEN: "a-token" } };
  const headers = { "x-nash-llm-token": "a-token" };

  /** The program prints the address that it is bound to; it is asked over loopback. */
  const exposed = async (more: readonly string[] = []) => {
    const started = await startProgram({ ...EXPOSED, args: [...(EXPOSED.args ?? []), ...more] });
    return { program: started, url: `http://127.0.0.1:${started.port}` };
  };

  const chat = (on: { readonly url: string }, url: string) =>
    post(on, CHAT, chatBody(url, "demo-fast"), { headers });

  test.each([
    "127.0.0.1",
    "localhost",
    "[::1]",
    "10.1.2.3",
    "192.168.0.1",
    "172.16.0.1",
    "100.64.0.1",
    "[fd12::1]",
    "[::ffff:10.0.0.1]",
  ])("%s is out of reach", async (host) => {
    const on = await exposed();
    const { status, error } = await readRefusal(await chat(on, `http://${host}:${sandbox.port}/v1`));
    expect([status, error.type]).toEqual([403, "forbidden"]);
    await on.program.stop("SIGKILL");
  });

  test("but for what --allow-upstream names", async () => {
    const on = await exposed(["--allow-upstream", `127.0.0.1:${sandbox.port}`]);
    const answer = readNativeStream(await (await chat(on, sandbox.url)).text());
    expect([answer.error, answer.text.length > 0]).toEqual([undefined, true]);
    const other = await startSandbox();
    expect((await readRefusal(await chat(on, other.url))).status).toBe(403);
    await other.stop();
    await on.program.stop("SIGKILL");
  });

  test("the demo is always there", async () => {
    const on = await exposed();
    expect(readNativeStream(await (await chat(on, "http://demo.invalid/v1")).text()).error).toBeUndefined();
    await on.program.stop("SIGKILL");
  });

  test("it does not start without a token", async () => {
    for (const host of ["0.0.0.0", "::", "192.168.1.2"]) {
      const { code, stdout, stderr } = await runProgram(["--host", host, "--port", "0"]);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^nash-llm: Refusing to listen on .* without a token: .*\n$/);
    }
  });
});

test("what is refused has reached nobody", () => {
  // One chat was allowed, and answered with one request.
  expect(sandbox.requests).toBe(1);
});
