import { MinimumHeap } from "./heap.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** Ranks are below 2^18, positions below 2^31: both fit one exact double, ordered by rank and then position. */
const RANK = 2 ** 31;

/**
 * Byte pair encoding of one word, in steps. Of all neighbours whose joined bytes are a token, the two of
 * lowest rank (the leftmost among equals) are joined, again and again.
 *
 * A heap finds them, which makes it n log n; the usual search anew for every join takes n², minutes for
 * 200,000 characters without a space. One object merges one word after another and keeps its arrays.
 */
export class Merge {
  readonly #vocabulary: Vocabulary;
  readonly #heap = new MinimumHeap();
  #bytes: Uint8Array = new Uint8Array();
  #from = 0;
  #length = 0;
  /** The part up to which every pair of single bytes has been judged. */
  #judged = 0;
  #tokens = 0;
  // Parts are named by the offset of their first byte in the word.
  #next = new Int32Array(64);
  #previous = new Int32Array(64);
  /** The rank of a part joined with the next; -1 if they cannot be joined, or if the part is gone. */
  #ranks = new Int32Array(64);

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** Parts left: the number of tokens, once `advance` has returned true. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Sets out to merge the bytes `from` up to `to`. The merge before must have ended. */
  begin(bytes: Uint8Array, from: number, to: number): void {
    this.#bytes = bytes;
    this.#from = from;
    this.#length = to - from;
    this.#tokens = this.#length;
    this.#judged = 0;
    if (this.#next.length < this.#length) {
      const room = 2 ** Math.ceil(Math.log2(this.#length));
      this.#next = new Int32Array(room);
      this.#previous = new Int32Array(room);
      this.#ranks = new Int32Array(room);
    }
  }

  /** Looks at so many pairs at most. True: the merge has ended. */
  advance(pairs: number): boolean {
    let left = pairs;
    for (; this.#judged < this.#length && left > 0; left--) {
      const part = this.#judged++;
      this.#next[part] = part + 1;
      this.#previous[part] = part - 1;
      this.#judge(part, part + 1, part + 2);
    }
    for (; this.#heap.size > 0 && left > 0; left--) this.#join(this.#heap.pop());
    return this.#heap.size === 0 && this.#judged === this.#length;
  }

  #join(lowest: number): void {
    const rank = Math.floor(lowest / RANK);
    const part = lowest - rank * RANK;
    // An entry from before a neighbour changed is stale: a pair that changed has another rank.
    if (this.#ranks[part] !== rank) return;
    const gone = this.#after(part);
    const next = this.#after(gone);
    this.#next[part] = next;
    this.#ranks[gone] = -1;
    this.#tokens--;
    if (next < this.#length) this.#previous[next] = part;
    this.#judge(part, next, this.#after(next));
    const before = this.#previous[part] ?? -1;
    if (before >= 0) this.#judge(before, part, next);
  }

  /** Where the part that begins at `part` ends and the next begins; beyond the word if there is none. */
  #after(part: number): number {
    return part < this.#length ? (this.#next[part] ?? 0) : this.#length + 1;
  }

  /** Notes whether the part `left` can be joined with the next, which is `middle` up to `right`. */
  #judge(left: number, middle: number, right: number): void {
    const possible = middle < this.#length && right <= this.#length;
    const rank = possible ? this.#vocabulary.rank(this.#bytes, this.#from + left, this.#from + right) : -1;
    this.#ranks[left] = rank;
    if (rank >= 0) this.#heap.push(rank * RANK + left);
  }
}
