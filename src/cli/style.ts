/** Styles of the terminal; each gives its text unchanged where there is no colour. */
export interface Style {
  dim(text: string): string;
  bold(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** @param color whether what is written reaches a terminal that shows colours */
export function createStyle(color: boolean): Style {
  const style = (on: number, off: number) => (text: string) =>
    color ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    dim: style(2, 22),
    bold: style(1, 22),
    red: style(31, 39),
    yellow: style(33, 39),
    cyan: style(36, 39),
  };
}
