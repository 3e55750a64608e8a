const SURROGATE = /\\u[dD][89a-fA-F]/;
const PAIR = /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}/g;

const BACKSLASH = /\\\\/g;

/** Whether JSON text escapes half of a surrogate pair, so that a text in it is no Unicode. */
export function hasLoneSurrogates(json: string): boolean {
  return SURROGATE.test(json) && SURROGATE.test(json.replace(BACKSLASH, " ").replace(PAIR, ""));
}
