import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** Of the columns of `/proc/net/tcp` (proc_pid_net(5)): where it listens, its state, who owns it, its inode. */
const COLUMN = { local: 1, state: 3, user: 7, inode: 9 } as const;
const LISTENING = "0A";

/** The process that listens on a port, as far as this user may know: `python3 (process 4711)`, or `user 1000`. */
export function ownerOf(port: number): Promise<string | undefined> {
  return process.platform === "linux" ? Promise.resolve(ownerInProc(port, "/proc")) : ownerByLsof(port);
}

/** The same out of a `/proc`. */
export function ownerInProc(port: number, proc: string): string | undefined {
  const sockets = ["tcp", "tcp6"].flatMap((table) => listeners(port, join(proc, "net", table)));
  for (const { inode } of sockets) {
    const owner = processWith(`socket:[${inode}]`, proc);
    if (owner !== undefined) return owner;
  }
  return sockets[0] === undefined ? undefined : `user ${sockets[0].user}`;
}

function listeners(port: number, table: string): { inode: string; user: string }[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return read(table)
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[COLUMN.state] === LISTENING && columns[COLUMN.local]?.endsWith(suffix))
    .map((columns) => ({ inode: columns[COLUMN.inode] ?? "", user: columns[COLUMN.user] ?? "" }));
}

function processWith(socket: string, proc: string): string | undefined {
  for (const id of names(proc).filter((name) => /^\d+$/.test(name))) {
    const files = join(proc, id, "fd");
    if (!names(files).some((file) => target(join(files, file)) === socket)) continue;
    return `${read(join(proc, id, "comm")).trim() || "process"} (process ${id})`;
  }
  return undefined;
}

/** macOS has no `/proc`. */
async function ownerByLsof(port: number): Promise<string | undefined> {
  try {
    const lsof = Bun.spawn(["lsof", "-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
    });
    return parseLsof(await new Response(lsof.stdout).text());
  } catch {
    return undefined;
  }
}

/** Out of lsof's fields: a line `p4711`, then a line `cpython3`. */
export function parseLsof(fields: string): string | undefined {
  const [, id] = /^p(\d+)$/m.exec(fields) ?? [];
  const [, command] = /^c(.+)$/m.exec(fields) ?? [];
  return id === undefined ? undefined : `${command ?? "process"} (process ${id})`;
}

/** Processes come and go, and others' are closed to us: what cannot be read is left out. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function target(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}
