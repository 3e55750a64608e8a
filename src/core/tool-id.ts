/** What no id may hold, and what would be read as the beginning of an escape. */
const ESCAPED = /[^a-zA-Z0-9_-]|_(?=0x)/gu;

/**
 * An id of a tool call as Anthropic takes it: letters, digits, `_` and `-` alone, one at least. Other characters are
 * written as `_0x2e_`, the hexadecimal of their code point, so that different ids stay different.
 */
export function toolId(id: string): string {
  if (id === "") return "_0x_";
  return id.replace(ESCAPED, (character) => `_0x${character.codePointAt(0)?.toString(16)}_`);
}

const ESCAPE = /_0x([0-9a-f]{1,6})_/g;

/** The id that `toolId` was given: what another provider made, and an Anthropic client has stored and sent back. */
export function originalToolId(id: string): string {
  if (id === "_0x_") return "";
  return id.replace(ESCAPE, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
