import type { Secret } from "../../core/secret.ts";
import { keyIn } from "./api-key-file.ts";
import { askHidden } from "./editor/hidden-prompt.ts";
import type { History } from "./editor/input-history.ts";
import { type Keyboard, openKeyboard } from "./editor/keyboard.ts";
import { askLine } from "./editor/line-editor.ts";
import type { Lines } from "./lines.ts";
import type { Terminal } from "./terminal.ts";

/** Signals that mean: come to an end. The terminal must be handed back as it was. */
const ENDING = ["SIGTERM", "SIGHUP"] as const;

/** The person at the terminal, if there is one. The terminal is taken over when something is first asked of them. */
export class InteractiveInput {
  readonly #screen: NodeJS.WriteStream | undefined;
  readonly #terminal: Terminal;
  #keyboard: Keyboard | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    const { stdin, stdout, stderr } = process;
    if (stdin.isTTY) this.#screen = stderr.isTTY ? stderr : stdout.isTTY ? stdout : undefined;
  }

  /** Whether somebody can be asked. */
  get isThere(): boolean {
    return this.#screen !== undefined;
  }

  /** Asks for a key without showing it; nothing where nobody is there or none was given. */
  readonly askKey = async (what: string): Promise<Secret | undefined> => {
    if (this.#screen === undefined) return undefined;
    const text = await askHidden(this.#open(), (out) => this.#draw(out), `Key for ${what} (not shown): `);
    return text === undefined ? undefined : keyIn(text, "What was typed");
  };

  /** Calls back at Ctrl-C until what comes back is called. */
  readonly onInterrupt = (stop: () => void): (() => void) => {
    process.on("SIGINT", stop);
    const done = this.#keyboard?.onInterrupt(stop);
    return () => {
      process.off("SIGINT", stop);
      done?.();
    };
  };

  /** The lines that are typed. */
  lines(history: History, complete: (typed: string) => readonly string[]): Lines {
    const keyboard = this.#open();
    const output = this.#screen ?? process.stderr;
    return {
      isTerminal: true,
      next: (prompt, initial) =>
        askLine({
          keyboard,
          output,
          prompt,
          history: history.entries,
          complete,
          ...(initial === undefined ? {} : { initial }),
        }),
    };
  }

  /** Hands the terminal back. */
  close(): void {
    this.#keyboard?.close();
    for (const signal of ENDING) process.off(signal, this.#end);
  }

  readonly #end = () => this.#keyboard?.end();

  #open(): Keyboard {
    if (this.#keyboard === undefined) {
      this.#keyboard = openKeyboard(process.stdin, (text) => this.#terminal.moves && this.#draw(text));
      for (const signal of ENDING) process.on(signal, this.#end);
    }
    return this.#keyboard;
  }

  #draw(text: string): void {
    this.#screen?.write(text);
  }
}
