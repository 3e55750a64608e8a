import type { ChatRequest } from "../core/message.ts";

const FORBIDDEN = /[^a-zA-Z0-9_-]/;
/** How much of a name stays readable in front of the digest that keeps different names different. */
const READABLE = 55;

/** The longest name of a tool that OpenAI and those who follow it take, and Anthropic. */
export const OPENAI_NAME_LENGTH = 64;
export const ANTHROPIC_NAME_LENGTH = 128;

/** The name of a tool as a provider takes it: letters, digits, `_` and `-`. The same name always becomes the same. */
export function sentToolName(name: string, longest: number): string {
  if (name !== "" && name.length <= longest && !FORBIDDEN.test(name)) return name;
  const digest = new Bun.CryptoHasher("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.slice(0, READABLE).replaceAll(new RegExp(FORBIDDEN, "g"), "_")}_${digest}`;
}

/** From the names that a provider was sent to the client's, where they differ; undefined where none does. */
export function originalToolNames(
  chat: ChatRequest | undefined,
  longest: number,
): ReadonlyMap<string, string> | undefined {
  if (chat === undefined) return undefined;
  let originals: Map<string, string> | undefined;
  for (const name of namesIn(chat)) {
    const sent = sentToolName(name, longest);
    if (sent === name) continue;
    originals ??= new Map();
    originals.set(sent, name);
  }
  return originals;
}

function* namesIn({ tools = [], messages }: ChatRequest): Generator<string> {
  for (const { name } of tools) yield name;
  for (const { tool_calls: calls = [] } of messages) for (const call of calls) yield call.function.name;
}
