import { Conversation } from "../../client/index.ts";
import { EXIT } from "../exit.ts";
import { openKeyboard } from "./input/keyboard.ts";
import { askLine } from "./input/line.ts";
import { put } from "./put.ts";
import type { Connection } from "./server.ts";
import { addressOf, type Target } from "./target.ts";
import type { Terminal } from "./terminal.ts";
import { humanView } from "./view/human.ts";

const LEAVE_MS = 1_500;

export async function converse(connection: Connection, target: Target, terminal: Terminal): Promise<number> {
  const conversation = new Conversation(connection.client, {
    ...addressOf(target),
    stream_options: { include_usage: true, include_reasoning: true },
  });
  const keyboard = openKeyboard(process.stdin, terminal.draw);
  let hinted = Number.NEGATIVE_INFINITY;
  try {
    for (;;) {
      const line = await askLine({
        keyboard,
        output: process.stderr,
        prompt: `${target.demo ? "demo" : target.model}› `,
      });
      if (line.type === "end") return EXIT.done;
      if (line.type === "interrupt") {
        if (!line.empty) continue;
        if (performance.now() - hinted < LEAVE_MS) return EXIT.interrupted;
        hinted = performance.now();
        terminal.note(terminal.style.dim("Ctrl-C again to leave"));
        continue;
      }
      const text = line.text.trim();
      if (text === "") continue;
      if (text === "/exit") return EXIT.done;
      if (text === "/summarize") {
        const { summary, token_reduction } = await conversation.summarize();
        terminal.note(`${summary}\n${token_reduction.before} → ${token_reduction.after} tokens`);
        continue;
      }
      const stop = new AbortController();
      const done = keyboard.onInterrupt(() => stop.abort());
      await put(
        conversation.send(text, { signal: stop.signal }),
        target,
        humanView(terminal, { raw: false, conversing: true }),
        stop.signal,
        () => undefined,
      );
      done();
    }
  } finally {
    keyboard.close();
  }
}
