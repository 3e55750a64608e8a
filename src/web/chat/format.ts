/** Numbers and times for people, in English like the page. */

const whole = new Intl.NumberFormat("en");

export function count(number: number): string {
  return whole.format(Math.round(number));
}

/** `0.21 s`, `12.4 s`, `3 min 5 s` */
export function seconds(milliseconds: number): string {
  const value = milliseconds / 1000;
  if (value < 10) return `${value.toFixed(2)} s`;
  if (value < 100) return `${value.toFixed(1)} s`;
  return `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
}

/** `1 model`, `2 models` */
export function plural(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** How much smaller one number is than another, in whole percent; negative where it is larger. */
export function percentFewer(before: number, after: number): number {
  return before === 0 ? 0 : Math.round((1 - after / before) * 100);
}
