/** Tells a figure that was measured beside the test's verdict. Nothing is judged by it. */
export function note(text: string): void {
  process.stderr.write(`        ${text}\n`);
}
