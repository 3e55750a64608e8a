import { ChatError, type Failure } from "../../src/core/failure.ts";
import type { ChatRequest, ContentPart, Message, Tool } from "../../src/core/message.ts";
import { Translation } from "../../src/core/translation.ts";
import { PROVIDERS } from "../../src/providers/index.ts";
import type { Provider } from "../../src/providers/provider.ts";

export const user: Message = { role: "user", content: "Hi." };
export const feed: Tool = {
  name: "feed",
  description: "Feeds.",
  parameters: { type: "object", properties: { grams: { type: "number" } } },
};
export const weigh: Tool = { name: "weigh" };

export interface Sent {
  readonly body: Record<string, unknown>;
  readonly dropped: readonly string[];
  readonly changed: readonly string[];
}

function named(name: string): Provider {
  const provider = PROVIDERS.find((one) => one.name === name);
  if (provider === undefined) throw new Error(`There is no provider ${name}.`);
  return provider;
}

/** What a provider is sent for a request, and what was told of the way there. */
export function sentTo(provider: Provider | string, request: Partial<ChatRequest>): Sent {
  const { protocol, traits } = typeof provider === "string" ? named(provider) : provider;
  const translation = new Translation();
  const chat: ChatRequest = { model: "m", messages: [user], sampling: {}, includeUsage: false, ...request };
  const body = protocol.body(chat, traits, translation);
  return { body, dropped: [...translation.dropped], changed: [...translation.changed] };
}

export function refusalOf(provider: Provider | string, request: Partial<ChatRequest>): Failure {
  try {
    sentTo(provider, request);
  } catch (error) {
    if (error instanceof ChatError) return error.failure;
    throw error;
  }
  throw new Error("It was not refused.");
}

export function saying(...content: ContentPart[]): Message {
  return { role: "user", content };
}

/** A turn with one call and its result. */
export function exchange(
  result: Message["content"],
  more: Partial<Message> = {},
  before: readonly ContentPart[] = [],
): Message[] {
  return [
    user,
    {
      role: "assistant",
      content: before.length === 0 ? null : before,
      tool_calls: [{ id: "call_1", type: "function", function: { name: "feed", arguments: '{"grams": 5}' } }],
    },
    { role: "tool", tool_call_id: "call_1", content: result, ...more },
  ];
}
