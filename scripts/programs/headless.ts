import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a program is told to do. */
export interface Task {
  /** Our base URL, without `/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  readonly prompt: string;
}

/** What a program said and how it ended, as its user would see it. */
export interface Said {
  /** The answer, or all that was printed. */
  readonly text: string;
  /** What it calls the error; undefined where it reports success. */
  readonly error: string | undefined;
}

/** A program of others without its screen. */
export interface HeadlessProgram {
  readonly name: string;
  readonly version: string;
  /** The dialect that it speaks to a provider of this protocol. */
  dialect(protocol: "openai" | "anthropic" | "responses"): string;
  /** What it calls the tool that runs a command. */
  readonly commandTool: string;
  run(task: Task, home: string): Promise<Said>;
  /** Goes on with the conversation of that home, made short first. */
  compactAndGoOn?(task: Task, home: string): Promise<Said>;
}

export interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in an empty folder inside the home, with nothing of this user's environment but the path. */
export async function runIn(
  home: string,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  /** Ends it, where it would go on by itself. */
  isEnough: (stderr: string) => boolean = () => false,
): Promise<Printed> {
  const cwd = join(home, "work");
  mkdirSync(cwd, { recursive: true });
  const child = Bun.spawn([...command], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", HOME: home, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: 90_000,
  });
  let stderr = "";
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const part of child.stderr) {
      stderr += decoder.decode(part, { stream: true });
      if (isEnough(stderr)) child.kill("SIGKILL");
    }
  };
  const [stdout] = await Promise.all([new Response(child.stdout).text(), read()]);
  return { code: await child.exited, stdout, stderr };
}

/** Gives a new home to a function, and removes it. */
export async function inNewHome<T>(use: (home: string) => Promise<T>): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), "nash-llm-program-"));
  try {
    return await use(home);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
