/** How much of a folded text is shown. */
const SHOWN = 30;

/**
 * Texts of several lines in an editor of one: each stands in the line as `[12 lines: its first words…]`, and is put
 * back whole wherever that sign is left as it was.
 */
export class FoldedText {
  readonly #texts = new Map<string, string>();

  /** The sign for a text. */
  fold(text: string): string {
    const lines = text.split("\n").length;
    const words = text.replace(/\s+/g, " ").trim();
    const shown =
      words.length > SHOWN ? `${words.slice(0, SHOWN).toWellFormed().replace("\ufffd", "")}…` : words;
    const size = lines > 1 ? `${lines} lines` : `${text.length} characters`;
    let sign = `[${size}: ${shown}]`;
    for (let n = 2; this.#texts.has(sign) && this.#texts.get(sign) !== text; n++) {
      sign = `[${size} (${n}): ${shown}]`;
    }
    this.#texts.set(sign, text);
    return sign;
  }

  unfold(line: string): string {
    let text = line;
    for (const [sign, whole] of this.#texts) text = text.replaceAll(sign, () => whole);
    return text;
  }
}
