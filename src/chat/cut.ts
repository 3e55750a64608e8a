/**
 * Where a text may be cut, best first: between paragraphs, lines, sentences, words. A point ends a sentence only
 * before white space: the one in 3.5 does not.
 */
const PLACES = [/\n[^\S\n]*\n\s*/g, /\n/g, /[.!?؟।…]["'”’»)\]]*\s+|[。！？][”’」』）]*\s*/g, /\s+/g];

/** A cut leaves at least so much of the length before it; a place nearer the start is not worth it. */
const LEAST = 0.5;

/** How far from its end a piece is searched at first, in code units. */
const FIRST_LOOK = 1_024;

/** The longest sequence that is looked at as one character: a family of emoji has some eleven code units. */
const LONGEST_CHARACTER = 32;

/** Made for the first text that has nowhere better to be cut: it takes two milliseconds. */
let characters: Intl.Segmenter | undefined;

/**
 * Cuts a text into pieces of at most so many code units, two at least: between paragraphs where it can, then lines,
 * sentences, words, and at last characters, though never inside a surrogate pair. The pieces together are the text.
 */
export function cutText(text: string, maxLength: number): string[] {
  const length = Math.max(2, maxLength);
  const pieces: string[] = [];
  let start = 0;
  while (text.length - start > length) {
    const end = start + lengthOfPiece(text.slice(start, start + length + 1));
    pieces.push(text.slice(start, end));
    start = end;
  }
  pieces.push(text.slice(start));
  return pieces;
}

/** @param window as much as fits into a piece, and one code unit of what follows */
function lengthOfPiece(window: string): number {
  const most = window.length - 1;
  const least = Math.ceil(most * LEAST);
  for (const place of PLACES) {
    const end = lastPlace(window, place, least);
    if (end !== undefined) return end;
  }
  return lastCharacter(window, least);
}

/** The last such place behind `least`. It is mostly near the end, so that is looked at first, and then ever more. */
function lastPlace(window: string, place: RegExp, least: number): number | undefined {
  const most = window.length - 1;
  for (let length = FIRST_LOOK; ; length *= 4) {
    const from = Math.max(least - 1, most - length);
    let best: number | undefined;
    for (const match of window.slice(from).matchAll(place)) {
      const end = from + match.index + match[0].length;
      if (end >= least && end <= most) best = end;
    }
    if (best !== undefined || from < least) return best;
  }
}

/** Where the character begins that does not fit any more. */
function lastCharacter(window: string, least: number): number {
  const most = window.length - 1;
  const from = Math.max(0, most - LONGEST_CHARACTER);
  let end = 0;
  characters ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  for (const { index } of characters.segment(window.slice(from))) end = index;
  // The window may begin inside a character; and one that is longer than that is cut after all.
  if (end > 0 && from + end >= least) return from + end;
  return isHighSurrogate(window.charCodeAt(most - 1)) ? most - 1 : most;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
