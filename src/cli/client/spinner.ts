import type { Terminal } from "./terminal.ts";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 100;
const CLEAR_LINE = "\r\u001b[K";

/** A sign of life on stderr until the first word, with the seconds that have passed. Nothing where it is no terminal. */
export function startSpinner(terminal: Terminal, words: string): { stop(): void } {
  if (!terminal.isErr || !terminal.moves) return { stop: () => undefined };
  const started = performance.now();
  let frame = 0;
  const draw = () => {
    const seconds = Math.floor((performance.now() - started) / 1000);
    const sign = FRAMES[frame++ % FRAMES.length] ?? "";
    terminal.draw(CLEAR_LINE + terminal.style.dim(`${sign} ${words}${seconds > 0 ? ` ${seconds} s` : ""}`));
  };
  draw();
  const timer = setInterval(draw, FRAME_MS);
  return {
    stop() {
      clearInterval(timer);
      terminal.draw(CLEAR_LINE);
    },
  };
}
