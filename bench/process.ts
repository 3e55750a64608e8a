import { readdirSync, readFileSync } from "node:fs";

/** The kernel counts CPU time in hundredths of a second on every Linux that Bun runs on. */
const TICK_MS = 10;

/** Those that run now. */
const running = new Set<Child>();

/** A program that the benchmark has started, with all that it has started itself. */
export class Child {
  readonly #child: Bun.Subprocess<"ignore", "pipe" | "ignore", "ignore">;

  /** @param env variables beside those of this process */
  constructor(
    command: readonly string[],
    options: { env?: Readonly<Record<string, string>>; stdout?: "pipe"; cwd?: string } = {},
  ) {
    this.#child = Bun.spawn([...command], {
      env: { ...process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      stdin: "ignore",
      stdout: options.stdout ?? "ignore",
      stderr: "ignore",
    });
    running.add(this);
  }

  /** CPU time so far, in milliseconds, of the program and what it has started. */
  cpu(): number {
    let ticks = 0;
    for (const pid of this.#tree()) {
      const fields = statOf(pid);
      ticks += Number(fields[11]) + Number(fields[12]);
    }
    return ticks * TICK_MS;
  }

  /** Resident memory in bytes, the program's own pages on disk included. */
  memory(): number {
    return this.#memory(/^VmRSS:\s+(\d+) kB/m);
  }

  /** The most resident memory that it has ever had, in bytes. */
  peakMemory(): number {
    return this.#memory(/^VmHWM:\s+(\d+) kB/m);
  }

  #memory(line: RegExp): number {
    let kibibytes = 0;
    for (const pid of this.#tree())
      kibibytes += Number(line.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
    return kibibytes * 1024;
  }

  /** The first address that it prints. @throws where it ends without one */
  async printedPort(): Promise<number> {
    const { stdout } = this.#child;
    if (!(stdout instanceof ReadableStream)) throw new Error("Nothing is read from this program.");
    const reader = stdout.getReader();
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) throw new Error("A program ended before it printed its address.");
      text += decoder.decode(value, { stream: true });
      const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1];
      if (port !== undefined) return Number(port);
    }
  }

  async stop(): Promise<void> {
    this.#child.kill();
    const killed = setTimeout(() => this.#child.kill("SIGKILL"), 3_000);
    await this.#child.exited;
    clearTimeout(killed);
    running.delete(this);
  }

  #tree(): number[] {
    const pids = [this.#child.pid];
    for (const pid of pids) {
      for (const task of readdirSync(`/proc/${pid}/task`)) {
        const children = readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim();
        if (children !== "") pids.push(...children.split(" ").map(Number));
      }
    }
    return pids;
  }
}

/** Ends whatever still runs. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((child) => child.stop()));
}

/** What `/proc/<pid>/stat` says after the name, which may itself hold spaces. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Most files that a program may have open. Bun raises its own limit to the hard one. */
export function openFiles(): number {
  const limits = readFileSync("/proc/self/limits", "utf8");
  return Number(/^Max open files +\d+ +(\d+)/m.exec(limits)?.[1] ?? 1_024);
}

/** Waits until something listens on a port of loopback. */
export async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 10_000; tries++) {
    try {
      const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } });
      socket.terminate();
      return;
    } catch {
      await Bun.sleep(1);
    }
  }
  throw new Error(`Nothing came to listen on port ${port}.`);
}
