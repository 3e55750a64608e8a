import { inspect } from "node:util";

const SHOWN = "[redacted]";

/** From this length on a secret is cut out wherever it stands; a shorter one only as a word of its own. */
const UNMISTAKABLE_LENGTH = 8;

/** A value that must never be printed. Only `reveal()` gives it away. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  /** Whether a text is this very value, in a time that does not tell how much of it is right. */
  equals(text: string): boolean {
    return crypto.timingSafeEqual(digest(text), digest(this.#value));
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}

/** Digests are of equal length, which `timingSafeEqual` insists on. */
function digest(text: string): Uint8Array {
  return new Bun.CryptoHasher("sha256").update(text).digest();
}

/** Cuts every secret out of a text, by value and not by pattern, as JSON, a URL or a page would write it too. */
export function redact(text: string, secrets: readonly Secret[]): string {
  let clean = text;
  for (const secret of secrets) for (const form of formsOf(secret.reveal())) clean = without(form, clean);
  return clean;
}

function without(form: string, text: string): string {
  if (form === "" || !text.includes(form)) return text;
  if (form.length >= UNMISTAKABLE_LENGTH) return text.replaceAll(form, SHOWN);
  return text.replace(new RegExp(`(?<!\\w)${RegExp.escape(form)}(?!\\w)`, "g"), SHOWN);
}

function formsOf(value: string): string[] {
  // As most keys are: written alike everywhere.
  if (/^[\w.-]*$/.test(value)) return [value];
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value.toWellFormed()),
    Bun.escapeHTML(value),
  ];
}
