/** The program under test as a process of its own, reached over real sockets. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = join(import.meta.dir, "../..");

export interface ProgramOptions {
  /** What follows the program's name; `--port 0` is added for the server. */
  readonly args?: readonly string[];
  /** Variables beside `PATH` and an empty `HOME`. Nothing else is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder that it is started in: a new and empty one unless named. */
  readonly cwd?: string;
  /** Where stderr goes: read by the test unless a file descriptor is given. */
  readonly stderr?: number;
}

/** Leaving the block of an `await using` ends the program at once. */
export interface Program extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly exited: Promise<number>;
  /** What has been printed so far. */
  stdout(): string;
  stderr(): string;
  /** Settles with the first whole line of stderr that fits, past or future; rejects when the program ends before. */
  logged(fits: (line: string) => boolean): Promise<string>;
  /** The same for stdout. */
  printed(fits: (line: string) => boolean): Promise<string>;
  /** Ends it, by SIGTERM unless said, and gives its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number>;
}

/**
 * The command that runs the program: the binary named by `NASH_LLM_UNDER_TEST`, else the source. The source needs
 * Bun's own flags to ignore the folder that it is started in; the binary has them built in.
 */
export function programCommand(): string[] {
  const binary = process.env["NASH_LLM_UNDER_TEST"];
  if (binary) return [resolve(ROOT, binary)];
  const flags = [
    "--no-env-file",
    `--config=${ROOT}/bunfig.toml`,
    `--tsconfig-override=${ROOT}/tsconfig.json`,
  ];
  return [process.execPath, ...flags, join(ROOT, "src/main.ts")];
}

/** What a command printed that ends by itself. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the program to its end, with nothing on its standard input. */
export async function runProgram(
  args: readonly string[],
  options: Pick<ProgramOptions, "env" | "cwd"> = {},
): Promise<Outcome> {
  const { exited, out, err } = spawnProgram(args, options);
  const code = await exited;
  await Promise.all([out.ended, err?.ended]);
  return { code, stdout: out.text(), stderr: err?.text() ?? "" };
}

/**
 * Starts the server (or another command that prints a URL) on a free port and waits for its address.
 * @throws with all that it printed, where it ends before
 */
export async function startProgram({ args = [], ...options }: ProgramOptions = {}): Promise<Program> {
  const { child, exited, out, err } = spawnProgram(withPort(args), options);
  const line = await Promise.race([out.find((text) => /https?:\/\/\S+/.test(text)), exited]);
  if (typeof line !== "string") {
    throw new Error(`The program ended with ${line}: ${out.text()}${err?.text() ?? ""}`);
  }
  const [address = ""] = /https?:\/\/[^\s/]+/.exec(line) ?? [];
  return {
    url: address,
    port: Number(new URL(address).port),
    pid: child.pid,
    exited,
    stdout: out.text,
    stderr: () => err?.text() ?? "",
    async logged(fits) {
      const found = await (err?.find(fits) ?? Promise.resolve(undefined));
      if (found === undefined) throw new Error("The program ended without that line on stderr.");
      return found;
    },
    async printed(fits) {
      const found = await out.find(fits);
      if (found === undefined) throw new Error("The program ended without that line on stdout.");
      return found;
    },
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      return exited;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

function spawnProgram(args: readonly string[], { env = {}, cwd, stderr }: Omit<ProgramOptions, "args">) {
  const home = mkdtempSync(join(tmpdir(), "nash-llm-test-"));
  const child = Bun.spawn([...programCommand(), ...args], {
    cwd: cwd ?? home,
    env: { PATH: process.env["PATH"] ?? "", HOME: home, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: stderr ?? "pipe",
  });
  return {
    child,
    exited: child.exited.finally(() => rmSync(home, { recursive: true, force: true })),
    out: collect(child.stdout),
    err: child.stderr instanceof ReadableStream ? collect(child.stderr) : undefined,
  };
}

/** Commands that listen get a free port, unless the test names one. */
function withPort(args: readonly string[]): readonly string[] {
  return args.includes("--port") ? args : [...args, "--port", "0"];
}

interface Collected {
  text(): string;
  /** Settles when all has been read. */
  readonly ended: Promise<void>;
  /** The first line that fits; undefined where the stream ends without it. */
  find(fits: (line: string) => boolean): Promise<string | undefined>;
}

/** Reads a stream to its end and lets callers wait for lines of it. */
function collect(stream: ReadableStream<Uint8Array>): Collected {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let rest = "";
  let ended = false;
  const wake = () => {
    for (const check of [...waiting]) check();
  };
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = parts.pop() ?? "";
      if (parts.length === 0) continue;
      lines.push(...parts);
      wake();
    }
  };
  const finished = read()
    .catch(() => undefined)
    .finally(() => {
      ended = true;
      wake();
    });
  return {
    text: () => [...lines, rest].join("\n"),
    ended: finished,
    find(fits) {
      let seen = 0;
      return new Promise((resolve) => {
        const check = () => {
          const found = lines.slice(seen).find(fits);
          seen = lines.length;
          if (found === undefined && !ended) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      });
    },
  };
}
