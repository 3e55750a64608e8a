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

/** Cuts every secret out of a text, by value and not by pattern. */
export function redact(text: string, secrets: readonly Secret[]): string {
  let clean = text;
  for (const secret of secrets) {
    const value = secret.reveal();
    if (value === "" || !clean.includes(value)) continue;
    clean =
      value.length >= UNMISTAKABLE_LENGTH
        ? clean.replaceAll(value, SHOWN)
        : clean.replace(new RegExp(`(?<!\\w)${RegExp.escape(value)}(?!\\w)`, "g"), SHOWN);
  }
  return clean;
}
