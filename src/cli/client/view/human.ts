import { explain } from "../explain.ts";
import { markdown } from "../render/markdown.ts";
import { plain, type Renderer } from "../render/renderer.ts";
import { sanitizer } from "../render/sanitize.ts";
import { startSpinner } from "../spinner.ts";
import type { Terminal } from "../terminal.ts";
import { statistics } from "./statistics.ts";
import type { Outcome, View } from "./view.ts";

export interface HumanOptions {
  /** The text as the model wrote it, Markdown signs and all. */
  readonly raw: boolean;
  /** In a conversation the next question can be typed here; else on a command line. */
  readonly conversing: boolean;
}

/** An answer for people, or for a program that wants the text and nothing else. */
export function humanView(terminal: Terminal, { raw, conversing }: HumanOptions): View {
  const renderer = rendererFor(terminal, raw);
  const thoughts = sanitizer();
  let spinner: { stop(): void } | undefined;
  let last = "\n";
  let isThinking = false;

  const show = async (text: string) => {
    if (text === "") return;
    last = text.slice(-1);
    await terminal.out(text);
  };
  const stopThinking = () => {
    if (isThinking) terminal.draw("\n\n");
    isThinking = false;
  };

  return {
    begin() {
      spinner = startSpinner(terminal, "waiting");
    },
    async event(event) {
      if (event.type !== "text" && event.type !== "reasoning") return;
      spinner?.stop();
      spinner = undefined;
      if (event.type === "reasoning") {
        isThinking = true;
        terminal.draw(terminal.style.dim(thoughts.write(event.text)));
      } else {
        stopThinking();
        await show(renderer.write(event.text));
      }
    },
    async end(outcome) {
      spinner?.stop();
      // Nobody reads on (`| head -1`), so nobody is told how it went on.
      if (terminal.closed.aborted) return;
      stopThinking();
      await show(renderer.end());
      if (last !== "\n" && (terminal.isOut || !raw)) await terminal.out("\n");
      if (outcome.error !== undefined) {
        for (const line of explain(outcome.error, outcome.target, conversing)) terminal.warn(line);
      } else if (outcome.stopped) {
        terminal.note(terminal.style.dim(outcome.text === "" ? "Stopped." : "Stopped; what came is kept."));
      }
      for (const line of remarks(outcome, conversing)) terminal.note(terminal.style.yellow(line));
      const line = statistics(outcome);
      if (line !== "") terminal.note(terminal.style.dim(line));
    },
  };
}

/** What the answer itself does not show of how it ended. */
function remarks({ text, finishReason, error, stopped }: Outcome, conversing: boolean): string[] {
  if (error !== undefined || stopped) return [];
  if (finishReason === "length")
    return [`It ended at its limit of length.${conversing ? " To have the rest, say: go on" : ""}`];
  if (finishReason === "content_filter") return ["The provider's filter ended it."];
  return text === "" ? ["The model said nothing."] : [];
}

/** Without colours the signs of Markdown stay: nothing else would tell what was stressed. */
function rendererFor(terminal: Terminal, raw: boolean): Renderer {
  if (terminal.color && !raw) return markdown(terminal.columns);
  return terminal.isOut ? sanitizer() : plain();
}
