import { explain } from "../error-advice.ts";
import { type AnswerRenderer, plain } from "../markdown/answer-renderer.ts";
import { markdownStream } from "../markdown/markdown-stream.ts";
import { sanitize, sanitizer } from "../markdown/sanitize.ts";
import { startSpinner } from "../spinner.ts";
import type { Terminal } from "../terminal.ts";
import { endingOf, type Outcome, type View } from "./answer-view.ts";

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
  /** Reasoning between text: what was written so far is finished. */
  const startThinking = async () => {
    if (isThinking) return;
    await show(renderer.end());
    if (last !== "\n") await terminal.out(terminal.isOut ? "\n" : "");
    isThinking = true;
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
        await startThinking();
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
      const remark = remarkOn(outcome, conversing);
      if (remark !== undefined) terminal.warn(terminal.style.yellow(remark));
      const line = statistics(outcome);
      if (line !== "") terminal.note(terminal.style.dim(line));
    },
  };
}

/** What the answer itself does not show of how it ended. */
function remarkOn(outcome: Outcome, conversing: boolean): string | undefined {
  const { toolCalls, finishReason } = outcome;
  const ending = endingOf(outcome);
  switch (ending) {
    case undefined:
      return undefined;
    case "tool_calls": {
      const calls = toolCalls.map(({ name, arguments: given }) => sanitize(`${name}(${given})`)).join(", ");
      return `nash-llm: The model asks for a tool, which this client does not run: ${calls || "none named"}.`;
    }
    case "length":
      return `nash-llm: The answer ended at its limit of length.${conversing ? " To have the rest, say: go on" : ""}`;
    case "content_filter":
      return "nash-llm: The provider's filter ended the answer.";
    case "refusal":
      return "nash-llm: The model refused to answer.";
    case "empty":
      return `nash-llm: The model said nothing (${sanitize(finishReason ?? "no reason given")}).`;
  }
}

/** An answer that is there already, as it is shown. */
export function wholeAnswer(text: string, terminal: Terminal, raw: boolean): string {
  const renderer = rendererFor(terminal, raw);
  return (renderer.write(text) + renderer.end()).trimEnd();
}

function rendererFor(terminal: Terminal, raw: boolean): AnswerRenderer {
  if (terminal.laysOut && !raw) {
    const moves = terminal.isOut && terminal.moves;
    return markdownStream({ size: terminal.size, color: terminal.color, moves });
  }
  return terminal.isOut ? sanitizer() : plain();
}

/** Roughly so many characters of English are one token. */
const CHARACTERS_PER_TOKEN = 4;

/** The line after an answer: time to the first token, tokens, session, whether it was saved. */
export function statistics({ text, usage, sessionId, firstTokenMs, totalMs, saved }: Outcome): string {
  if (firstTokenMs === undefined) return "";
  const tokens =
    usage === null || usage === undefined
      ? `${Math.ceil(text.length / CHARACTERS_PER_TOKEN)} tokens (est.)`
      : `${usage.outputTokens} tokens (${usage.inputTokens} in)`;
  return [
    `${seconds(firstTokenMs)} to first token`,
    tokens,
    `${seconds(totalMs)} in all`,
    ...(sessionId === undefined ? [] : [`session ${sanitize(sessionId).slice(0, 8)}`]),
    ...(saved === undefined ? [] : [saved ? "saved" : "not saved"]),
  ].join(" · ");
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
