import type { FoundServer } from "../../chat/local-servers.ts";
import type { ClientEnvironment } from "../../config.ts";
import { textOf } from "../../core/message.ts";
import type { ChatSession } from "./chat-session.ts";
import type { Target } from "./chat-target.ts";
import { KNOWN_PROVIDERS } from "./known-providers.ts";
import { sanitize } from "./markdown/sanitize.ts";
import { wholeAnswer } from "./output/text-view.ts";
import type { Terminal } from "./terminal.ts";

/** Looks for model servers once, and remembers what it saw and how long that took. */
export class Search {
  readonly #find: () => Promise<readonly FoundServer[]>;
  #found: Promise<readonly FoundServer[]> | undefined;
  /** Milliseconds; absent until somebody has looked. */
  took: number | undefined;

  constructor(find: () => Promise<readonly FoundServer[]>) {
    this.#find = find;
  }

  readonly servers = (): Promise<readonly FoundServer[]> => {
    this.#found ??= this.#look();
    return this.#found;
  };

  async #look(): Promise<readonly FoundServer[]> {
    const started = performance.now();
    const found = await this.#find();
    this.took = performance.now() - started;
    return found;
  }
}

/** So many messages of a conversation that goes on are shown. */
const SHOWN_MESSAGES = 20;

const LOOKED_FOR = ["Ollama", "LM Studio", "llama.cpp", "Jan"];

/** For the demo: what was looked for in vain, that this is no AI, and how to get a real answer. */
export async function introduceDemo(
  terminal: Terminal,
  env: ClientEnvironment,
  search: Search,
): Promise<void> {
  const { dim, yellow } = terminal.style;
  if (search.took !== undefined) {
    const found = await search.servers();
    const signs = [
      ...LOOKED_FOR.map(
        (name) => `${name.toLowerCase()} ${signFor(found.find((server) => server.name === name))}`,
      ),
      ...KNOWN_PROVIDERS.slice(0, 2).map(
        ({ name, keyVariable }) => `${keyVariable} ${env.providers[name].key ? "✓" : "✗"}`,
      ),
    ];
    terminal.note(dim(`looking…  ${signs.join("  ")}  (${(search.took / 1000).toFixed(1)} s)`));
    terminal.note(
      yellow("No model found. Built-in DEMO: scripted text, no AI, nothing leaves this machine."),
    );
    terminal.note(
      "For real answers: export OPENAI_API_KEY=… (or another provider's key), or start Ollama, then /model",
    );
  } else {
    terminal.note(yellow("Built-in DEMO: scripted text, no AI, nothing leaves this machine."));
  }
}

function signFor(server: FoundServer | undefined): string {
  if (server === undefined) return "✗";
  if (server.wantsKey) return "wants a key";
  return server.models.length === 0 ? "has no model" : "✓";
}

/** The first words of a conversation, after what was said in it before. */
export async function greet(chat: ChatSession): Promise<void> {
  const { terminal, target } = chat;
  const { bold, dim } = terminal.style;
  await showMessages(chat);
  if (!target.demo) terminal.note(bold(sanitize(target.model)) + dim(` of ${sanitize(nameOf(target))}`));
  terminal.note(dim("/help says what can be typed."));
}

/** What was said so far, as it was shown then; of a long conversation its last messages. */
export async function showMessages({ terminal, conversation, raw }: ChatSession): Promise<void> {
  const { bold, cyan, dim } = terminal.style;
  // For people alone: into a pipe go answers and nothing else.
  if (!terminal.isErr) return;
  const messages = conversation.messages.filter(({ role }) => role === "user" || role === "assistant");
  const hidden = Math.max(messages.length - SHOWN_MESSAGES, 0);
  if (hidden > 0) terminal.note(dim(`… ${hidden} earlier messages`));
  for (const { role, content } of messages.slice(hidden)) {
    const text = textOf(content);
    if (role === "user") terminal.note(`${bold(cyan("›"))} ${sanitize(text)}`);
    else await terminal.out(`${wholeAnswer(text, terminal, raw)}\n`);
  }
  if (messages.length > 0) terminal.note(dim(`${messages.length} messages so far.`));
}

/** `OpenAI, api.openai.com`, or the host alone where it has no other name. */
function nameOf({ label, baseUrl }: Target): string {
  const host = URL.parse(baseUrl)?.host ?? baseUrl;
  return label === host ? host : `${label}, ${host}`;
}
