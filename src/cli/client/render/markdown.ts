import { type Block, closesFence, type Fence, isDelimiterRow, judgeBlock } from "./blocks.ts";
import { codeLine } from "./code.ts";
import { BULLET, DIM, HEADING, InlineText, styled } from "./inline.ts";
import type { Renderer } from "./renderer.ts";
import { sanitizer } from "./sanitize.ts";
import { Wrap } from "./wrap.ts";

const RULE_WIDTH = 60;
const BAR = styled("│ ", DIM);

/**
 * Markdown for a terminal, as it comes: words go out at once, and only what cannot be judged yet is held back, which is
 * a mark without its end, a table, and a line of code. Nothing that is out is touched again. The same text gives the
 * same output in whatever pieces it comes.
 * @param columns how wide the terminal is
 */
export function markdown(columns: () => number): Renderer {
  const clean = sanitizer();
  const lines = new MarkdownLines(columns);
  return {
    write(text) {
      const [first = "", ...others] = clean.write(text).split("\n");
      let shown = "";
      let last = first;
      for (const next of others) {
        shown += lines.endLine(last);
        last = next;
      }
      return shown + lines.part(last);
    },
    end: () => lines.end(),
  };
}

class MarkdownLines {
  readonly #columns: () => number;
  readonly #wrap: Wrap;
  /** The beginning of a line that is not judged yet, or the line of code so far. */
  #line = "";
  /** The line that is being shown, and what ends its style. */
  #inline: InlineText | undefined;
  #closing = "";
  /** The bars of the quotation that the line is in. */
  #bars = "";
  #fence: Fence | undefined;
  #rows: string[] = [];

  constructor(columns: () => number) {
    this.#columns = columns;
    this.#wrap = new Wrap(columns);
  }

  /** More of a line, which may go on. */
  part(text: string): string {
    if (this.#inline !== undefined) return this.#wrap.write(this.#inline.write(text, false));
    this.#line += text;
    if (this.#fence !== undefined) return "";
    const [bars, block] = this.#judge(false);
    return block.type === "open" ? bars : bars + this.#endTable() + this.#begin(block);
  }

  /** The rest of a line. */
  endLine(text: string): string {
    if (this.#inline !== undefined) return this.#close(text);
    this.#line += text;
    if (this.#fence !== undefined) return this.#endCode(this.#fence);
    const [bars, block] = this.#judge(true);
    if (block.type === "row" && this.#bars === "") return this.#addRow();
    const shown = bars + this.#endTable();
    if (this.#bars === "" && block.type === "fence") {
      this.#fence = block.fence;
      return shown + this.#wholeLine(styled(this.#line.trim(), DIM));
    }
    if (this.#bars === "" && block.type === "rule") {
      return shown + this.#wholeLine(styled("─".repeat(Math.min(this.#columns(), RULE_WIDTH)), DIM));
    }
    return shown + this.#begin(block) + this.#close("");
  }

  /** What was held back, at the end of everything. */
  end(): string {
    const isEmpty = this.#line === "" && this.#inline === undefined;
    const last = isEmpty ? "" : this.endLine("").replace(/\n$/, "");
    return last + this.#endTable().replace(/\n$/, "") + this.#wrap.end();
  }

  /** What the line is, once the bars of quotations are off it and shown. */
  #judge(isWhole: boolean): [bars: string, block: Block] {
    let shown = "";
    for (;;) {
      const block = judgeBlock(this.#line, isWhole);
      if (block.type !== "quote") return [shown, block];
      if (this.#bars === "") shown += this.#endTable();
      shown += this.#wrap.fixed(BAR);
      this.#bars += BAR;
      this.#line = this.#line.slice(block.length);
    }
  }

  /** Begins a line of text that is shown as it comes. */
  #begin(block: Block): string {
    const isHeading = block.type === "heading";
    const isItem = block.type === "item";
    const indent = isItem ? block.indent : block.type === "text" ? this.#line.slice(0, block.length) : "";
    const bullet = isItem ? block.bullet : "";
    this.#wrap.hang(this.#bars + indent + " ".repeat(Bun.stringWidth(bullet)));
    this.#inline = new InlineText(isHeading ? HEADING : undefined);
    this.#closing = isHeading ? HEADING.off : "";
    const rest = this.#line.slice("length" in block ? block.length : 0);
    this.#line = "";
    return (
      this.#wrap.fixed(indent + (isItem ? styled(bullet, BULLET) : "")) +
      this.#wrap.write((isHeading ? HEADING.on : "") + this.#inline.write(rest, false))
    );
  }

  #close(text: string): string {
    const shown = this.#wrap.write(`${this.#inline?.write(text, true) ?? ""}${this.#closing}\n`);
    this.#inline = undefined;
    this.#line = this.#closing = this.#bars = "";
    return shown;
  }

  #wholeLine(text: string): string {
    this.#line = this.#bars = "";
    return this.#wrap.fixed(text) + this.#wrap.write("\n");
  }

  #endCode(fence: Fence): string {
    const isEnd = closesFence(this.#line, fence);
    if (isEnd) this.#fence = undefined;
    return this.#wholeLine(isEnd ? styled(this.#line.trim(), DIM) : codeLine(this.#line, fence));
  }

  /** Holds a row back. What the second row does not make a table was text. */
  #addRow(): string {
    this.#rows.push(this.#line);
    this.#line = "";
    const [head = "", second] = this.#rows;
    if (this.#rows.length !== 2 || isDelimiterRow(second ?? "")) return "";
    this.#rows.shift();
    return this.#textLine(head);
  }

  #endTable(): string {
    const rows = this.#rows;
    this.#rows = [];
    if (rows.length < 2) return rows.map((row) => this.#textLine(row)).join("");
    return Bun.markdown.ansi(rows.join("\n"), { columns: this.#columns() });
  }

  #textLine(line: string): string {
    return this.#wrap.write(`${new InlineText().write(line, true)}\n`);
  }
}
