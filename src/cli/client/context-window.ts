import type { ChatSession } from "./chat-session.ts";
import { percent } from "./commands/summarize-tokens.ts";
import { sanitize } from "./markdown/sanitize.ts";

/** Below so many tokens no window is near, and nothing is asked. */
const WORTH_ASKING = 3_000;
/** From this share on the user hears of it: many programs cut the beginning off in silence. */
const NEARLY_FULL = 0.8;

/** Says so when the conversation comes near to what the model holds. */
export async function warnOfWindow(chat: ChatSession): Promise<void> {
  const { terminal, target, last } = chat;
  if (!terminal.isErr || last?.error !== undefined || !last?.usage) return;
  const used = last.usage.inputTokens + last.usage.outputTokens;
  if (used < WORTH_ASKING) return;
  const messages = [{ role: "user", content: "" }] as const;
  try {
    const { context_window: window } = await chat.connection.client.tokens({ model: target.model, messages });
    if (!window || used < NEARLY_FULL * window) return;
    const words = `${used} of ${window} tokens that ${sanitize(target.model)} holds are used (${percent(used, window)}).`;
    terminal.note(terminal.style.yellow(`${words} /summarize makes the conversation shorter.`));
  } catch {
    // A server that cannot count is no reason to disturb a conversation.
  }
}
