/** The program under test as a process of its own, reached over real sockets. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

export interface ProgramOptions {
  /** What follows the program's name; `--port 0` is added for the server. */
  readonly args?: readonly string[];
  /** Variables beside `PATH` and an empty `HOME`. Nothing else is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where stderr goes: read by the test unless a file descriptor is given. */
  readonly stderr?: number;
}

export interface Program {
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
  /** Ends it, by SIGTERM unless said, and gives its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number>;
}

/** The command that runs the program: the binary named by `NASH_LLM_UNDER_TEST`, else the source. */
export function programCommand(): string[] {
  const binary = process.env["NASH_LLM_UNDER_TEST"];
  return binary ? [binary] : [process.execPath, join(ROOT, "src/main.ts")];
}

/**
 * Starts the server (or another command that prints a URL) on a free port and waits for its address.
 * @throws with all that it printed, where it ends before
 */
export async function startProgram({ args = [], env = {}, stderr }: ProgramOptions = {}): Promise<Program> {
  const home = mkdtempSync(join(tmpdir(), "nash-llm-test-"));
  const process_ = Bun.spawn([...programCommand(), ...withPort(args)], {
    cwd: home,
    env: { PATH: process.env["PATH"] ?? "", HOME: home, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: stderr ?? "pipe",
  });
  const out = collect(process_.stdout);
  const err = process_.stderr instanceof ReadableStream ? collect(process_.stderr) : undefined;
  const exited = process_.exited.finally(() => rmSync(home, { recursive: true, force: true }));

  const line = await Promise.race([out.find((text) => /https?:\/\/\S+/.test(text)), exited]);
  if (typeof line !== "string") {
    throw new Error(`The program ended with ${line}: ${out.text()}${err?.text() ?? ""}`);
  }
  const [address = ""] = /https?:\/\/[^\s/]+/.exec(line) ?? [];
  return {
    url: address,
    port: Number(new URL(address).port),
    pid: process_.pid,
    exited,
    stdout: out.text,
    stderr: () => err?.text() ?? "",
    async logged(fits) {
      const found = await (err?.find(fits) ?? Promise.resolve(undefined));
      if (found === undefined) throw new Error("The program ended without that line on stderr.");
      return found;
    },
    async stop(signal = "SIGTERM") {
      process_.kill(signal);
      return exited;
    },
  };
}

/** Commands that listen get a free port, unless the test names one. */
function withPort(args: readonly string[]): readonly string[] {
  return args.includes("--port") ? args : [...args, "--port", "0"];
}

interface Collected {
  text(): string;
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
  read()
    .catch(() => undefined)
    .finally(() => {
      ended = true;
      wake();
    });
  return {
    text: () => [...lines, rest].join("\n"),
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
