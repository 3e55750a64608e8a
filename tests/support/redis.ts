import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Certificate } from "../upstream/certificates.ts";
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

export interface RedisOptions {
  /** Speaks TLS alone, under this certificate. */
  readonly tls?: Certificate;
  /** Further users, each as a line of ACL. */
  readonly users?: readonly string[];
}

/** Starts one; nothing where none is installed, or none that can do TLS where that is wanted. */
export async function startRedis({ tls, users = [] }: RedisOptions = {}): Promise<Redis | undefined> {
  const program = Bun.which("valkey-server") ?? Bun.which("redis-server");
  const client = Bun.which("valkey-cli") ?? Bun.which("redis-cli");
  if (program === null || client === null) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "nash-llm-redis-"));
  const port = await freePort();
  const password = crypto.randomUUID();
  const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  if (tls !== undefined) for (const part of ["cert", "key"] as const) writeFileSync(files[part], tls[part]);
  const listen =
    tls === undefined
      ? ["--port", String(port)]
      : [
          "--port",
          "0",
          "--tls-port",
          String(port),
          "--tls-cert-file",
          files.cert,
          "--tls-key-file",
          files.key,
        ].concat(["--tls-ca-cert-file", files.cert, "--tls-auth-clients", "no"]);
  let server: Bun.Subprocess | undefined;
  const ask = async (...command: readonly string[]) => {
    const encrypted = tls === undefined ? [] : ["--tls", "--insecure"];
    const asked = Bun.spawn([client, "-p", String(port), ...encrypted, "--raw", ...command], {
      env: { REDISCLI_AUTH: password },
      stdout: "pipe",
      stderr: "ignore",
    });
    return (await new Response(asked.stdout).text()).trim();
  };
  const start = async () => {
    const flags = [...listen, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    for (const user of users) flags.push("--user", ...user.split(" "));
    server = Bun.spawn([program, ...flags, "--requirepass", password, "--dir", folder], {
      stdout: "ignore",
      stderr: "ignore",
    });
    for (let i = 0; i < 100; i++) {
      if ((await ask("PING")) === "PONG") return true;
      if (server.exitCode !== null) break;
      await Bun.sleep(30);
    }
    return false;
  };
  const kill = async () => {
    server?.kill("SIGKILL");
    await server?.exited;
  };
  if (!(await start())) {
    await kill();
    rmSync(folder, { recursive: true });
    if (tls !== undefined) return undefined;
    throw new Error("Redis did not start");
  }
  return {
    url: tls === undefined ? `redis://127.0.0.1:${port}` : `rediss://localhost:${port}`,
    password,
    kill,
    start: async () => void (await start()),
    ask,
    async [Symbol.asyncDispose]() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
