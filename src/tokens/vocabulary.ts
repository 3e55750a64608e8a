const SPACE = 0x20;
const NEWLINE = 0x0a;
const PADDING = 0x3d; // "="

/** The value of each of base64's 64 characters, by character code. */
const BASE64 = new Uint8Array(128);
for (const [value, character] of [
  ..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
].entries()) {
  BASE64[character.charCodeAt(0)] = value;
}

/** The longest token of either encoding, in bytes: nothing longer need be looked up. */
const LONGEST_TOKEN = 128;

/**
 * The tokens of one encoding and their ranks, packed: all bytes in one array and an open hash table of ranks
 * over it. A `Map` of 200,000 strings takes ten times the memory, and a lookup would cut a string first.
 */
export class Vocabulary {
  readonly #bytes: Uint8Array;
  /** Token `rank` is `#bytes` from `#starts[rank]` up to `#starts[rank + 1]`. */
  readonly #starts: Int32Array;
  /** Ranks plus one, 0 where a slot is free. A power of two long, at most half full. */
  readonly #slots: Int32Array;

  /**
   * Reads tiktoken's file format: one line `<base64 of the bytes> <rank>` a token, ranks counting up from 0.
   * Byte by byte and by index: 200,000 strings, or an iterator, are what costs time and memory.
   *
   * @throws Error if the ranks are not those of the lines, for then every count would be wrong.
   */
  constructor(file: Uint8Array) {
    const bytes = new Uint8Array(file.length);
    const starts = new Int32Array(file.length);
    let size = 0;
    let length = 0;
    let rank = -1; // below 0 while the token itself is being read
    let bits = 0;
    let held = 0;
    for (let at = 0; at < file.length; at++) {
      const byte = file[at] ?? 0;
      if (byte === SPACE) rank = 0;
      else if (byte === NEWLINE) {
        if (rank !== size) throw new Error(`the vocabulary is broken at rank ${size}`);
        starts[++size] = length;
        rank = -1;
        bits = 0;
      } else if (rank >= 0) rank = rank * 10 + byte - 0x30;
      else if (byte !== PADDING) {
        held = ((held << 6) | (BASE64[byte] ?? 0)) & 0xffff;
        bits += 6;
        if (bits >= 8) {
          bits -= 8;
          bytes[length++] = held >> bits;
        }
      }
    }
    this.#bytes = bytes.slice(0, length);
    this.#starts = starts.slice(0, size + 1);
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(size * 2)));
    for (let token = 0; token < size; token++) {
      const slot = this.#find(this.#bytes, this.#starts[token] ?? 0, this.#starts[token + 1] ?? 0);
      this.#slots[slot] = token + 1;
    }
  }

  /** The rank of the token with the bytes `from` up to `to`, or -1 if they are none. */
  rank(bytes: Uint8Array, from: number, to: number): number {
    if (to - from > LONGEST_TOKEN) return -1;
    return (this.#slots[this.#find(bytes, from, to)] ?? 0) - 1;
  }

  /** The slot that holds these bytes, or the free one where they belong. */
  #find(bytes: Uint8Array, from: number, to: number): number {
    let hash = 0x811c9dc5; // FNV-1a, then mixed: its low bits alone spread badly
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const rank = (this.#slots[slot] ?? 0) - 1;
      if (rank < 0 || this.#equals(rank, bytes, from, to)) return slot;
    }
  }

  #equals(rank: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#starts[rank] ?? 0;
    if ((this.#starts[rank + 1] ?? 0) - start !== to - from) return false;
    for (let at = from; at < to; at++) if (this.#bytes[start + at - from] !== bytes[at]) return false;
    return true;
  }
}
