/** The client as a process of its own: through pipes, and at a pseudo-terminal. */

import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Outcome } from "./program.ts";
import { programCommand } from "./program.ts";

/** A home folder of a test's own, which goes with the end of its block. */
export function newHome(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "nash-llm-home-"));
  return {
    path,
    [Symbol.dispose]() {
      chmodSync(path, 0o700);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

export interface ClientRun {
  readonly home: { readonly path: string };
  /** What comes through standard input; nothing unless given. */
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The arguments of `nash-llm client`, and an environment that holds nothing but what the test says. */
function clientCommand(args: readonly string[], { home, env = {} }: ClientRun) {
  return {
    cmd: [...programCommand(), "client", ...args],
    cwd: home.path,
    env: { PATH: process.env["PATH"] ?? "", HOME: home.path, NASH_LLM_DETECT: "false", ...env },
  };
}

/** Runs the client through pipes to its end. */
export async function runClient(args: readonly string[], run: ClientRun): Promise<Outcome> {
  const child = Bun.spawn({
    ...clientCommand(args, run),
    stdin: new Blob([run.stdin ?? ""]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, stdout, stderr };
}

/** The client at a terminal. Leaving the block of an `await using` ends it at once. */
export interface ClientTerminal extends AsyncDisposable {
  readonly pid: number;
  readonly exited: Promise<number>;
  /** Types something: `\r` is Enter, `\u0003` Ctrl-C. */
  type(keys: string): void;
  /** Gives the window another width. */
  resize(columns: number): void;
  /** Settles when this is on the screen, after all that was waited for before; rejects when the program ends first. */
  shows(text: string): Promise<void>;
  /** All that was written so far, with the escape sequences. */
  raw(): string;
  /** The same without them. */
  text(): string;
}

/** No program writes this by itself. */
const ECHOED = "\u25a0\u25a1\u25a0";

export function openClient(args: readonly string[], run: ClientRun, columns = 100): ClientTerminal {
  const utf8 = new TextDecoder();
  let raw = "";
  let seen = 0;
  let ended = false;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const check of [...waiting]) check();
  };
  const terminal = new Bun.Terminal({
    cols: columns,
    rows: 30,
    data(_, data) {
      raw += utf8.decode(data, { stream: true });
      wake();
    },
  });
  const child = Bun.spawn({ ...clientCommand(args, run), terminal });
  const text = () => Bun.stripANSI(raw);
  /** What the program wrote last may still be on its way: the terminal echoes this after all of it. */
  const drained = () => {
    terminal.setRawMode(false);
    terminal.write(ECHOED);
    return new Promise<void>((resolve) => {
      const check = () => {
        if (!raw.includes(ECHOED)) return;
        waiting.delete(check);
        raw = raw.replace(ECHOED, "");
        resolve();
      };
      waiting.add(check);
      check();
    });
  };
  const exited = child.exited.then(async (code) => {
    await drained();
    ended = true;
    wake();
    return code;
  });
  return {
    pid: child.pid,
    exited,
    type: (keys) => void terminal.write(keys),
    resize: (width) => terminal.resize(width, 30),
    raw: () => raw,
    text,
    shows: (wanted) =>
      new Promise((resolve, reject) => {
        // A narrow window breaks lines between words.
        const pattern = new RegExp(RegExp.escape(wanted).replaceAll("\\x20", "\\s+"), "g");
        const check = () => {
          pattern.lastIndex = seen;
          const found = pattern.exec(text());
          if (found === null && !ended) return;
          waiting.delete(check);
          if (found === null) return reject(new Error(`The client ended without "${wanted}":\n${text()}`));
          seen = found.index + found[0].length;
          resolve();
        };
        waiting.add(check);
        check();
      }),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
      terminal.close();
    },
  };
}
