/** What JSON leaves as it is and a terminal may not: DEL, the C1 controls, marks of direction. */
const UNESCAPED = /[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A value as JSON on one line, which no terminal takes for anything but text. */
export function printableJson(value: object): string {
  return JSON.stringify(value).replace(
    UNESCAPED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
