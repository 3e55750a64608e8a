import { parseJson } from "../core/json.ts";
import type { SseMessage } from "../sse/decode.ts";

/** Text that stands in a JSON string as it is: no quote, no escape, no control character. */
const AS_IT_IS = /^[^"\\\p{Cc}]+$/u;
const SPACES = /^ *$/;

/** OpenAI pads its chunks with random letters under this name. */
const PADDING = '"obfuscation":"';

/** A stream whose chunks are not alike is not studied for ever. */
const MOST_LESSONS = 8;

const PROBE = "a text that no provider sends";

const LF = 10;

/**
 * The fast path for text. The chunks of a stream are all alike but for the text in them (and padding), so once one
 * has been parsed, the next can be read by comparing what is around the text. Whatever differs anywhere else, or
 * has an escape in its text, goes the plain way: it is parsed.
 */
export class DeltaTemplate {
  readonly #field: string;
  readonly #textIn: (json: unknown) => unknown;
  #lessons = 0;
  #before = "";
  /** What follows the text of a chunk without padding; of one with it the part before, and the part behind it. */
  #rest = "";
  #after = "";
  #end = "";
  #isPadding = SPACES;
  /** All that stands before the text in the stream. */
  #head = "";
  /** The text that was found last. */
  #text = "";

  /**
   * @param field the name of the JSON field that holds the text
   * @param textIn where the text is in a parsed chunk that holds nothing else of interest
   */
  constructor(field: string, textIn: (json: unknown) => unknown) {
    this.#field = `"${field}":"`;
    this.#textIn = textIn;
  }

  /** The text of a chunk that differs from the learnt one in nothing else. JSON escapes nothing in it. */
  match(data: string): string | undefined {
    if (this.#before === "" || !data.startsWith(this.#before)) return undefined;
    return this.#find(data, this.#before.length) === data.length ? this.#text : undefined;
  }

  /**
   * The same for all such chunks that follow each other at the beginning of a piece of the stream.
   * @param stream whole lines, of which the first begins an event
   * @param take is given the text of each
   * @returns how many characters of the stream they are, blank lines included
   */
  matchRun(stream: string, take: (text: string) => void): number {
    if (this.#head === "") return 0;
    let at = 0;
    while (stream.startsWith(this.#head, at)) {
      const end = this.#find(stream, at + this.#head.length);
      if (end === -1 || stream.charCodeAt(end) !== LF || stream.charCodeAt(end + 1) !== LF) break;
      take(this.#text);
      at = end + 2;
    }
    return at;
  }

  /** Where such a chunk ends whose text begins here, -1 if none does. The text is then in `#text`. */
  #find(source: string, start: number): number {
    const quote = source.indexOf('"', start);
    if (quote === -1) return -1;
    const end = source.startsWith(this.#rest, quote)
      ? quote + this.#rest.length
      : this.#findEnd(source, quote);
    if (end === -1) return -1;
    this.#text = source.slice(start, quote);
    return AS_IT_IS.test(this.#text) ? end : -1;
  }

  /** Where a chunk with padding ends. */
  #findEnd(source: string, quote: number): number {
    if (!source.startsWith(this.#after, quote)) return -1;
    const padded = quote + this.#after.length;
    // Neither kind of padding holds the first character of what follows it.
    const ending = source.indexOf(this.#end, padded);
    return ending !== -1 && this.#isPadding.test(source.slice(padded, ending))
      ? ending + this.#end.length
      : -1;
  }

  /**
   * Learns from a chunk that was parsed and held one text and nothing else.
   * @param data as it stands in the event, without the number that each event has for itself
   * @param event the name of the event
   */
  learn(data: string, text: string, event?: SseMessage["event"]): void {
    // JSON on several lines of data would be matched with what is no data.
    if (this.#lessons >= MOST_LESSONS || !AS_IT_IS.test(text) || data.includes("\n")) return;
    const start = data.indexOf(this.#field) + this.#field.length;
    const quote = start + text.length;
    if (start < this.#field.length || data.slice(start, quote) !== text) return;
    // That the text was found where it is read from is not guessed but tried.
    if (this.#textIn(parseJson(data.slice(0, start) + PROBE + data.slice(quote))) !== PROBE) return;
    this.#lessons++;
    this.#before = data.slice(0, start);
    this.#head = `${event === undefined ? "" : `event: ${event}\n`}data: ${this.#before}`;
    this.#split(data.slice(quote));
  }

  /** What follows the text: a fixed beginning, padding, a fixed end. */
  #split(rest: string): void {
    const start = rest.indexOf(PADDING) + PADDING.length;
    if (start >= PADDING.length) {
      this.#after = rest.slice(0, start);
      this.#end = rest.slice(rest.indexOf('"', start));
      this.#isPadding = AS_IT_IS;
    } else {
      // Anthropic pads with spaces before the last brace.
      this.#after = rest.slice(0, -1).trimEnd();
      this.#end = "}";
      this.#isPadding = SPACES;
    }
    this.#rest = this.#after + this.#end;
  }
}
