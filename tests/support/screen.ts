import { Terminal } from "@xterm/headless";

/** What a terminal of this size shows, as text: an emulator that wraps and scrolls, and reflows when its size changes. */
export class Screen {
  readonly #terminal: Terminal;

  constructor(columns: number, rows: number) {
    this.#terminal = new Terminal({
      cols: columns,
      rows,
      scrollback: 5_000,
      allowProposedApi: true,
      convertEol: true,
    });
  }

  write(text: string): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(text, resolve));
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  /** All lines, those that were scrolled away too, without the empty ones at the end; wrapped lines as they are shown. */
  lines(): string[] {
    const buffer = this.#terminal.buffer.active;
    const lines = Array.from(
      { length: buffer.baseY + this.#terminal.rows },
      (_, y) => buffer.getLine(y)?.translateToString(true) ?? "",
    );
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  text(): string {
    return this.lines().join("\n");
  }
}
