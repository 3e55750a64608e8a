import { CL100K_TOKEN_SPLIT_REGEX, O200K_TOKEN_SPLIT_REGEX } from "gpt-tokenizer/encodingParams/constants";
import { Merge } from "./merge.ts";
import type { Vocabulary } from "./vocabulary.ts";
import type { Encoding } from "./worker-messages.ts";

const SPLIT: Readonly<Record<Encoding, string>> = {
  o200k: split(O200K_TOKEN_SPLIT_REGEX),
  cl100k: split(CL100K_TOKEN_SPLIT_REGEX),
};

/** Words and pairs looked at between two pauses: about a millisecond of work. */
const STEP = 4_096;

/**
 * How many tokens `text` is. Text that looks like a special token, `<|endoftext|>` say, is text.
 *
 * The count is exact and the cost grows with the length alone: the text is cut where the encoding itself cuts
 * it into words, and only a word that is no token as a whole is merged. The generator pauses at its yields;
 * its return value is the count.
 */
export function* countTokens(
  vocabulary: Vocabulary,
  encoding: Encoding,
  text: string,
): Generator<void, number> {
  // One object for each count: `lastIndex` is state.
  const word = new RegExp(SPLIT[encoding], "uy");
  const merge = new Merge(vocabulary);
  // A lone surrogate becomes U+FFFD, in three bytes, as in every encoder to UTF-8.
  const bytes = new TextEncoder().encode(text);
  const ascii = bytes.length === text.length;
  let tokens = 0;
  let work = 0;
  let from = 0;
  for (let start = 0; start < text.length; start = word.lastIndex) {
    if (!word.test(text)) throw new Error(`no word of ${encoding} begins at character ${start}`);
    const to = from + (ascii ? word.lastIndex - start : utf8Length(text, start, word.lastIndex));
    if (vocabulary.rank(bytes, from, to) >= 0) {
      tokens++;
      work++;
    } else {
      merge.begin(bytes, from, to);
      while (!merge.advance(STEP)) yield;
      tokens += merge.tokens;
      work += to - from;
    }
    from = to;
    if (work >= STEP) {
      work = 0;
      yield;
    }
  }
  return tokens;
}

/**
 * The package's expression with Unicode's white space, which OpenAI's own encoder (Rust) means by `\s`.
 * JavaScript's differs in two characters: it counts U+FEFF in and U+0085 out, so that a text which begins
 * with a byte order mark would get a token too many.
 */
function split(expression: RegExp): string {
  return expression.source.replaceAll("\\s", "\\p{White_Space}").replaceAll("\\S", "\\P{White_Space}");
}

/** Bytes that the characters `from` up to `to` take in UTF-8. The range must not cut a surrogate pair. */
function utf8Length(text: string, from: number, to: number): number {
  let length = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) length += 1;
    else if (code < 0x800) length += 2;
    else if (
      code >= 0xd800 &&
      code < 0xdc00 &&
      at + 1 < to &&
      (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00
    ) {
      length += 4;
      at++;
    } else length += 3;
  }
  return length;
}
