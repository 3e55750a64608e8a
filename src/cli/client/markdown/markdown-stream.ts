import type { AnswerRenderer } from "./answer-renderer.ts";
import { BlockSplitter, cutBlock, lastLineOf } from "./block-splitter.ts";
import { renderBlock } from "./render-block.ts";
import { sanitizer } from "./sanitize.ts";

const ESC = "\u001b";
/** Styles that end at the end of a line, after which more may be written as if they had not. */
const TRAILING_RESETS = new RegExp(`(?:${ESC}\\[[\\d;]*m)+$`);

export interface MarkdownScreen {
  /** Asked anew before each drawing: the window may have changed. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  readonly color: boolean;
  /** The cursor can be moved back. Without, each block is written when it is finished. */
  readonly moves: boolean;
}

/**
 * Markdown for a terminal while it comes. Finished blocks are written once; the open one is drawn again as it grows,
 * only those of its lines that changed, and only while it fits the screen and the window keeps its size. A block that
 * is longer is cut where it can begin anew.
 */
export function markdownStream({ size, color, moves }: MarkdownScreen): AnswerRenderer {
  const clean = sanitizer();
  const blocks = new BlockSplitter();
  /** Lines of the open block as they are on the screen; the cursor is at the end of the last. */
  let shown: string[] = [];
  let drawnAt = size();
  /** What goes before the next block: nothing at first, a line end within a block that was cut, else an empty line. */
  let gap = "";
  /** The open block goes on after a cut in code, whose upper border is on the screen already. */
  let isContinued = false;

  const layout = (source: string) => {
    const lines = renderBlock(source, { columns: Math.max(drawnAt.columns - 1, 10), color });
    return isContinued ? lines.slice(1) : lines;
  };
  const draw = (lines: readonly string[]): string => {
    if (lines.length === 0) return "";
    const before = shown;
    shown = [...lines];
    if (before.length === 0) return gap + lines.join("\n");
    let same = before.findIndex((line, i) => line !== lines[i]);
    if (same < 0) same = before.length - 1;
    same = Math.min(same, lines.length - 1);
    const old = (before[same] ?? "").replace(TRAILING_RESETS, "");
    const rest = lines.slice(same).join("\n");
    if (same === before.length - 1 && rest.startsWith(old)) return rest.slice(old.length);
    const up = before.length - 1 - same;
    return `${up > 0 ? `${ESC}[${up}A` : ""}\r${ESC}[J${rest}`;
  };
  const settle = (nextGap: string) => {
    shown = [];
    gap = nextGap;
    isContinued = false;
  };
  const finish = (source: string): string => {
    const text = draw(layout(source));
    settle("\n\n");
    return text;
  };
  const drawOpen = (): string => {
    let text = "";
    for (;;) {
      const { open } = blocks;
      if (open.trim() === "") return text;
      const lines = layout(open);
      if (lines.length < Math.max(drawnAt.rows - 1, 4)) return text + draw(lines);
      const { head, tail, isCode } = cutBlock(open);
      const part = layout(head);
      text += draw(isCode ? part.slice(0, -1) : part);
      settle("\n");
      isContinued = isCode;
      blocks.restart(tail);
    }
  };
  /**
   * The window has another size: what is on the screen cannot be found again, and some terminals cut it off. It stays
   * as it is, and the line that was being written is written again below it.
   */
  const leaveAsIs = (): void => {
    const { tail, isCode } = lastLineOf(blocks.open);
    settle("\n");
    isContinued = isCode;
    blocks.restart(tail);
  };

  const write = (piece: string): string => {
    const now = size();
    const resized = now.columns !== drawnAt.columns || now.rows !== drawnAt.rows;
    if (resized && shown.length > 0) leaveAsIs();
    drawnAt = now;
    let text = "";
    for (const block of blocks.add(piece)) text += finish(block);
    return moves ? text + drawOpen() : text;
  };

  return {
    write: (text) => write(clean.write(text)),
    end() {
      const { open } = blocks;
      const text = open.trim() === "" ? "" : finish(open);
      blocks.restart("");
      settle("");
      return text;
    },
  };
}
