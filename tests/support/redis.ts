import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

/** A Redis or Valkey of the test's own on a free port of loopback, which keeps nothing on disk. */
export interface Redis extends AsyncDisposable {
  readonly url: string;
  readonly password: string;
  /** Ends it as a crash would: all that it held is gone. */
  kill(): Promise<void>;
  /** Starts it again, on the same port. */
  start(): Promise<void>;
  /** What a command of the command-line client prints. */
  ask(...command: readonly string[]): Promise<string>;
}

/** Starts one; nothing where none is installed. */
export async function startRedis(): Promise<Redis | undefined> {
  const program = Bun.which("valkey-server") ?? Bun.which("redis-server");
  const client = Bun.which("valkey-cli") ?? Bun.which("redis-cli");
  if (program === null || client === null) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "nash-llm-redis-"));
  const port = await freePort();
  const password = crypto.randomUUID();
  let server: Bun.Subprocess | undefined;
  const ask = async (...command: readonly string[]) => {
    const asked = Bun.spawn([client, "-p", String(port), "--raw", ...command], {
      env: { REDISCLI_AUTH: password },
      stdout: "pipe",
      stderr: "ignore",
    });
    return (await new Response(asked.stdout).text()).trim();
  };
  const start = async () => {
    const flags = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    server = Bun.spawn([program, ...flags, "--requirepass", password, "--dir", folder], {
      stdout: "ignore",
      stderr: "ignore",
    });
    for (let i = 0; i < 100; i++) {
      if ((await ask("PING")) === "PONG") return;
      await Bun.sleep(30);
    }
    throw new Error("Redis did not start");
  };
  const kill = async () => {
    server?.kill("SIGKILL");
    await server?.exited;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    password,
    kill,
    start,
    ask,
    async [Symbol.asyncDispose]() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
