const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;
const HEADING = /^ {0,3}#{1,6}(?:\s|$)/;
const LIST_ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
const DELIMITER_ROW = /^ {0,3}\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/**
 * Parts Markdown, as it comes, into blocks that nothing can change any more and the one that is still open. A list
 * stays one block until a line that is neither an item nor indented follows an empty one.
 */
export class BlockSplitter {
  #lines: string[] = [];
  #line = "";
  #fence: string | undefined;
  #kind: "text" | "list" = "text";
  #afterBlank = false;

  /** What is not finished yet, to its last character. */
  get open(): string {
    return [...this.#lines, this.#line].join("\n").replace(/^\n+/, "");
  }

  /** @returns the blocks that are finished with this text */
  add(text: string): string[] {
    const [first = "", ...others] = text.split("\n");
    this.#line += first;
    const finished: string[] = [];
    for (const next of others) {
      finished.push(...this.#addLine(this.#line));
      this.#line = next;
    }
    return finished.filter((block) => block.trim() !== "");
  }

  /** Takes what is open out, and begins again with `rest` in front of what comes. */
  restart(rest: string): void {
    this.#lines = [];
    this.#line = "";
    this.#fence = undefined;
    this.#kind = "text";
    this.#afterBlank = false;
    this.add(rest);
  }

  #addLine(line: string): string[] {
    if (this.#fence !== undefined) {
      this.#lines.push(line);
      if (!closesFence(line, this.#fence)) return [];
      this.#fence = undefined;
      return this.#kind === "list" ? [] : [this.#close()];
    }
    if (line.trim() === "") {
      this.#lines.push("");
      this.#afterBlank = true;
      return this.#kind === "list" ? [] : [this.#close()];
    }
    const finished: string[] = [];
    const isItem = LIST_ITEM.test(line);
    const fence = FENCE.exec(line)?.[1];
    const isIndented = /^(?: {2}|\t)/.test(line);
    const goesOn = this.#kind === "list" ? isIndented || isItem || !this.#afterBlank : fence === undefined;
    if (!goesOn || HEADING.test(line)) finished.push(this.#close());
    if (this.#lines.every((earlier) => earlier === "") && isItem) this.#kind = "list";
    this.#lines.push(line);
    this.#afterBlank = false;
    if (fence !== undefined || (this.#kind === "list" && /^\s*(`{3,}|~{3,})/.test(line)))
      this.#fence = fence ?? /[`~]+/.exec(line)?.[0];
    return HEADING.test(line) && this.#kind === "text" ? [...finished, this.#close()] : finished;
  }

  #close(): string {
    const block = this.#lines.join("\n");
    this.#lines = [];
    this.#kind = "text";
    this.#afterBlank = false;
    return block;
  }
}

function closesFence(line: string, fence: string): boolean {
  const marks = line.trim();
  return marks.length >= fence.length && marks === (fence[0] ?? "").repeat(marks.length);
}

/** One part of an open block that is too long to be drawn again. */
export interface Cut {
  /** What is final. */
  readonly head: string;
  /** What stays open; a fence is opened again, a table gets its head again. */
  readonly tail: string;
  readonly isCode: boolean;
}

/**
 * Cuts an open block in two where Markdown can begin anew: at a line of code, an item, a row, a line, a word.
 * Nothing of the text is lost.
 */
export function cutBlock(source: string): Cut {
  const { head, tail, isCode } = lastLineOf(source);
  if (head.trim() !== "") return { head, tail, isCode };
  const space = tail.lastIndexOf(" ", Math.floor(tail.length * 0.8));
  const at = space > 0 ? space + 1 : Math.floor(tail.length / 2);
  return { head: tail.slice(0, at), tail: tail.slice(at), isCode: false };
}

/** Parts the last line, item or row from those before it; of a block that has only one there is no head. */
export function lastLineOf(source: string): Cut {
  const lines = source.split("\n");
  const [first = "", second = ""] = lines;
  const isCode = FENCE.test(first);
  const isTable = first.includes("|") && second.includes("-") && DELIMITER_ROW.test(second);
  // Without these lines the rest would be something else: of code its fence, of a table its head.
  const opening = isCode ? 1 : isTable ? 2 : 0;
  const item = LIST_ITEM.test(first) ? lines.findLastIndex((line) => LIST_ITEM.test(line)) : 0;
  const at = item > 0 ? item : lines.length - 1;
  if (at <= opening) return { head: "", tail: source, isCode: false };
  return {
    head: lines.slice(0, at).join("\n"),
    tail: [...lines.slice(0, opening), ...lines.slice(at)].join("\n"),
    isCode,
  };
}
