/** Where a text may be cut, best first: between paragraphs, lines, sentences, words. */
const PLACES = [/\n\s*\n/g, /\n/g, /[.!?。！？][)"'”’」]*\s*/g, /\s+/g];

/** A cut leaves at least so much of the length before it; a place nearer the start is not worth it. */
const LEAST = 0.5;

/**
 * Cuts a text into pieces of at most so many characters: between paragraphs where it can, then lines, sentences,
 * words, and at last characters, though never inside a surrogate pair. The pieces together are the text.
 */
export function cutText(text: string, maxLength: number): string[] {
  const pieces: string[] = [];
  let start = 0;
  while (text.length - start > maxLength) {
    const end = start + lengthOfPiece(text.slice(start, start + maxLength));
    pieces.push(text.slice(start, end));
    start = end;
  }
  pieces.push(text.slice(start));
  return pieces;
}

function lengthOfPiece(window: string): number {
  for (const place of PLACES) {
    let best = 0;
    for (const match of window.matchAll(place)) {
      const end = match.index + match[0].length;
      if (end < window.length) best = end;
    }
    if (best >= window.length * LEAST) return best;
  }
  const last = window.charCodeAt(window.length - 1);
  const isSplitPair = last >= 0xd800 && last <= 0xdbff;
  return isSplitPair && window.length > 1 ? window.length - 1 : window.length;
}
