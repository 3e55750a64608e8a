import { randomBytes } from "node:crypto";

/** A part of a secret of this length is found; anything shorter may be chance. */
const PART = 12;

/** The same for a secret in base64, of which the first and last characters depend on what stands beside it. */
const ENCODED_PART = 16;

/** A marked secret, to be looked for in everything that leaves the server. */
export class Canary {
  /** What it is, for a person. */
  readonly name: string;
  readonly value: string;
  readonly #parts: ReadonlyMap<string, string>;

  /** @param prefix how its value begins; it must be shorter than what counts as a part */
  constructor(name: string, prefix: string) {
    this.name = name;
    this.value = prefix + randomBytes(24).toString("hex");
    this.#parts = new Map([
      ...partsOf(encodeURIComponent(this.value), PART, "encoded for a URL"),
      ...partsOf(Buffer.from(this.value).toString("hex"), 2 * PART, "in hexadecimal digits"),
      ...[0, 1, 2].flatMap((offset) => [
        ...partsOf(base64(this.value, offset, "base64"), ENCODED_PART, "in base64"),
        ...partsOf(base64(this.value, offset, "base64url"), ENCODED_PART, "in base64"),
      ]),
      ...partsOf([...this.value].reverse().join(""), PART, "backwards"),
      ...partsOf(this.value, PART, "in part"),
    ]);
  }

  /** How it stands in a text: `whole`, `in part`, `in base64` and so on; undefined where it does not. */
  foundIn(text: string): string | undefined {
    if (text.includes(this.value)) return "whole";
    for (const [part, how] of this.#parts) if (text.includes(part)) return how;
    return undefined;
  }
}

function partsOf(text: string, length: number, how: string): [string, string][] {
  const parts: [string, string][] = [];
  for (let at = 0; at + length <= text.length; at++) parts.push([text.slice(at, at + length), how]);
  return parts;
}

/** In base64 as it would stand behind so many other bytes, without what those would change. */
function base64(text: string, offset: number, encoding: "base64" | "base64url"): string {
  const whole = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString(encoding);
  return whole.slice(4, -4);
}
