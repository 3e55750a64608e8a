const CODE_0 = 0x30;
const CODE_9 = 0x39;

/**
 * Tokens of a text as a provider's own tokenizer may see it: near to o200k's count, never the same. A word is a token
 * for each seven letters, three digits are one, signs are one each, and other scripts cost more.
 */
export function roughTokens(text: string): number {
  let tokens = 0;
  let letters = 0;
  let digits = 0;
  let blanks = 0;
  const close = () => {
    tokens += Math.ceil(letters / 7) + Math.ceil(digits / 3) + Math.ceil(Math.max(0, blanks - 1) / 16);
    letters = digits = blanks = 0;
  };
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const lower = code | 0x20;
    if (lower >= 0x61 && lower <= 0x7a) {
      if (letters === 0) close();
      letters++;
    } else if (code >= CODE_0 && code <= CODE_9) {
      if (digits === 0) close();
      digits++;
    } else if (code <= 0x20) {
      if (blanks === 0) close();
      blanks++;
    } else {
      close();
      tokens += weight(code);
    }
  }
  close();
  return Math.ceil(tokens);
}

function weight(code: number): number {
  if (code < 0x80) return 0.8;
  if (code < 0x2000) return 0.5;
  // Half of a surrogate pair.
  if (code >= 0xd800 && code < 0xe000) return 0.8;
  return 0.85;
}
