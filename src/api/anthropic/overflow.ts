/** A number of tokens, with or without commas. */
const TOKENS = "(\\d[\\d,]{2,})";

/** How providers tell the length of a prompt, and the most that they take. First match wins. */
const PROMPT = [
  `prompt is too long: ${TOKENS} tokens`,
  `(?:resulted in|you passed|you requested|requested|keep the first|token count of|contains|input)\\D{0,20}?${TOKENS}`,
  `${TOKENS} tokens? is longer`,
].map((pattern) => new RegExp(pattern, "i"));

const MAXIMUM = [
  `${TOKENS} maximum`,
  `(?:context length|context window|maximum|limit|input length)\\D{0,30}?${TOKENS}`,
].map((pattern) => new RegExp(pattern, "i"));

/**
 * An overflow in Anthropic's own words, whatever provider told of it: Claude Code reads both numbers from exactly these,
 * and decides by them whether to compact.
 */
export function overflowMessage(message: string): string {
  const prompt = numberIn(message, PROMPT);
  const maximum = numberIn(message, MAXIMUM);
  if (prompt === undefined || maximum === undefined || prompt <= maximum) return "prompt is too long";
  return `prompt is too long: ${prompt} tokens > ${maximum} maximum`;
}

function numberIn(message: string, patterns: readonly RegExp[]): number | undefined {
  for (const pattern of patterns) {
    const found = pattern.exec(message)?.[1];
    if (found !== undefined) return Number(found.replaceAll(",", ""));
  }
  return undefined;
}
