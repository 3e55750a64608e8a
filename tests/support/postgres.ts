import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort } from "./free-port.ts";

/** A PostgreSQL of the test's own, on a free port of loopback, in a folder that is gone afterwards. */
export interface Postgres extends AsyncDisposable {
  readonly url: string;
  readonly password: string;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again, on the same port with the same data. */
  start(): Promise<void>;
}

const NEEDED = ["initdb", "postgres", "pg_isready"];
const DEBIAN = "/usr/lib/postgresql";

/** The folder with PostgreSQL's programs, which Debian does not put on the path; nothing where it is not installed. */
function programs(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort().reverse() : [];
  const onPath = (process.env["PATH"] ?? "").split(delimiter);
  const folders = [...versions.map((version) => join(DEBIAN, version, "bin")), ...onPath];
  return folders.find((folder) => NEEDED.every((name) => existsSync(join(folder, name))));
}

/** Starts one; nothing where PostgreSQL is not installed. */
export async function startPostgres(): Promise<Postgres | undefined> {
  const bin = programs();
  if (bin === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "nash-llm-postgres-"));
  const password = crypto.randomUUID();
  const data = join(folder, "data");
  // It refuses to run as root; Debian has made a user for it.
  const asWho =
    process.getuid?.() === 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
  const run = async (command: readonly string[]) => {
    const child = Bun.spawn([...command], { cwd: folder, stdout: "pipe", stderr: "pipe" });
    if ((await child.exited) !== 0)
      throw new Error(`${command.join(" ")}: ${await new Response(child.stderr).text()}`);
  };
  await Bun.write(join(folder, "password"), password);
  if (asWho.length > 0) await run(["chown", "-R", "postgres", folder]);
  await run([
    ...asWho,
    join(bin, "initdb"),
    "-D",
    data,
    "-U",
    "nash",
    "-A",
    "scram-sha-256",
    "--pwfile",
    join(folder, "password"),
    "-N",
  ]);
  const port = await freePort();
  let server: Bun.Subprocess | undefined;
  const start = async () => {
    const flags = ["-D", data, "-p", String(port), "-k", folder, "-h", "127.0.0.1", "-F"];
    server = Bun.spawn([...asWho, join(bin, "postgres"), ...flags], {
      cwd: folder,
      stdout: "ignore",
      stderr: "ignore",
    });
    for (let i = 0; i < 200; i++) {
      const ready = Bun.spawn([join(bin, "pg_isready"), "-q", "-h", "127.0.0.1", "-p", String(port)]);
      if ((await ready.exited) === 0) return;
      await Bun.sleep(50);
    }
    throw new Error("PostgreSQL did not start");
  };
  const kill = async () => {
    // SIGQUIT ends it with its children, without writing what is in memory.
    server?.kill("SIGQUIT");
    await server?.exited;
  };
  await start();
  return {
    url: `postgres://nash@127.0.0.1:${port}/postgres`,
    password,
    kill,
    start,
    async [Symbol.asyncDispose]() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
