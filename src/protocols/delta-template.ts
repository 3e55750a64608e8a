import { parseJson } from "../core/json.ts";

/** Text that stands in a JSON string as it is: no quote, no escape, no control character. */
const AS_IT_IS = /^[^"\\\p{Cc}]+$/u;
const SPACES = /^ *$/;

/** OpenAI pads its chunks with random letters under this name. */
const PADDING = '"obfuscation":"';

/** A stream whose chunks are not alike is not studied for ever. */
const MOST_LESSONS = 8;

const PROBE = "a text that no provider sends";

/**
 * The fast path for text. The chunks of a stream are all alike but for the text in them (and padding), so once one
 * has been parsed, the next can be read by comparing what is around the text. Whatever differs anywhere else, or
 * has an escape in its text, goes the plain way: `undefined` means "parse it".
 */
export class DeltaTemplate {
  readonly #field: string;
  readonly #textIn: (json: unknown) => unknown;
  #lessons = 0;
  #before = "";
  #after = "";
  #end = "";
  #isPadding = SPACES;

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
    const start = this.#before.length;
    const quote = data.indexOf('"', start);
    if (!data.startsWith(this.#after, quote) || !data.endsWith(this.#end)) return undefined;
    const padded = quote + this.#after.length;
    const ending = data.length - this.#end.length;
    if (ending < padded || !(ending === padded || this.#isPadding.test(data.slice(padded, ending))))
      return undefined;
    const text = data.slice(start, quote);
    return AS_IT_IS.test(text) ? text : undefined;
  }

  /** Learns from a chunk that was parsed and held one text and nothing else. */
  learn(data: string, text: string): void {
    if (this.#lessons >= MOST_LESSONS || !AS_IT_IS.test(text)) return;
    const start = data.indexOf(this.#field) + this.#field.length;
    const quote = start + text.length;
    if (start < this.#field.length || data.slice(start, quote) !== text) return;
    // That the text was found where it is read from is not guessed but tried.
    if (this.#textIn(parseJson(data.slice(0, start) + PROBE + data.slice(quote))) !== PROBE) return;
    this.#lessons++;
    this.#before = data.slice(0, start);
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
  }
}
