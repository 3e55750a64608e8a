import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { newHome } from "../support/client-process.ts";
import { programCommand } from "../support/program.ts";

// Each of these starts programs, on machines of any speed.
setDefaultTimeout(60_000);

function start(home: { readonly path: string }, args: readonly string[], env: Record<string, string> = {}) {
  return Bun.spawn({
    cmd: [...programCommand(), "serve", "--port", "0", "--no-detect", ...args],
    cwd: home.path,
    env: { PATH: process.env["PATH"] ?? "", HOME: home.path, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const utf8 = new TextDecoder();
  let text = "";
  for await (const piece of stream) {
    text += utf8.decode(piece, { stream: true });
    if (text.includes("\n")) break;
  }
  return text;
}

describe("--ready-json", () => {
  test.each([[["--ready-json"]], [["--ready-json", "--quiet"]]])(
    "%j: one line, once it listens",
    async (args) => {
      using home = newHome();
      const child = start(home, args, { NASH_LLM_TOKEN: "a-token-of-the-parent" });
      const line = await firstLine(child.stdout);
      const ready = JSON.parse(line);
      expect(ready).toEqual({
        url: `http://127.0.0.1:${ready.port}`,
        port: expect.any(Number),
        pid: child.pid,
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      });
      expect(line).not.toContain("a-token-of-the-parent");
      expect((await fetch(`${ready.url}/health`)).status).toBe(200);
      expect((await fetch(`${ready.url}/v1/local`)).status).toBe(401);
      child.kill("SIGTERM");
      expect(await child.exited).toBe(0);
    },
  );
});

describe("--exit-with-parent", () => {
  test("it ends when the program that started it is gone, however that went", async () => {
    using home = newHome();
    const command = [...programCommand(), "--port", "0", "--no-detect", "--ready-json", "--exit-with-parent"];
    // A parent that starts it, and stays until it is killed.
    const script = `const child = Bun.spawn({ cmd: ${JSON.stringify(command)}, stdout: "inherit", stderr: "inherit" }); await child.exited;`;
    const parent = Bun.spawn({
      cmd: [process.execPath, "-e", script],
      cwd: home.path,
      env: { PATH: process.env["PATH"] ?? "", HOME: home.path },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
    });
    const { url, pid } = JSON.parse(await firstLine(parent.stdout));
    expect((await fetch(`${url}/health`)).status).toBe(200);
    parent.kill("SIGKILL");
    await parent.exited;
    const gone = async () => {
      for (let tries = 0; tries < 200; tries++) {
        try {
          process.kill(pid, 0);
        } catch {
          return true;
        }
        if (
          await fetch(`${url}/health`).then(
            () => false,
            () => true,
          )
        )
          return true;
        await Bun.sleep(50);
      }
      process.kill(pid, "SIGKILL");
      return false;
    };
    expect(await gone()).toBe(true);
  });
});

describe("a short token", () => {
  test.each([
    ["short", true],
    ["0123456789abcdef", false],
  ])("%s beyond loopback: warned of: %p", async (token, warned) => {
    using home = newHome();
    const child = start(home, ["--host", "0.0.0.0", "--ready-json"], { NASH_LLM_TOKEN: token });
    await firstLine(child.stdout);
    child.kill("SIGTERM");
    const stderr = await new Response(child.stderr).text();
    expect(stderr.includes("fewer than 16 characters")).toBe(warned);
    expect(stderr).not.toContain(`"${token}"`);
    await child.exited;
  });
});
