import type { ChatRequest } from "../core/message.ts";
import type { Secret } from "../core/secret.ts";
import type { Session } from "../core/session.ts";
import type { Protocol } from "../protocols/protocol.ts";
import { resolveProvider, withPath } from "../providers/index.ts";
import type { Provider } from "../providers/provider.ts";
import { type Answer, type OpenOptions, open } from "../upstream/open.ts";
import type { Question } from "../upstream/question.ts";

/** Who asks, and whom: what each request brings with it and nothing outlives. */
export interface Caller {
  readonly baseUrl: URL;
  readonly apiKey: Secret;
  readonly session: Session;
  /** The protocol to speak, whatever the host. */
  readonly protocol?: Protocol["name"];
}

/** What the server itself brings to every request. */
export interface Engine extends OpenOptions {
  readonly heliconeKey: Secret | undefined;
  /** The value of `user-agent`. */
  readonly agent: string;
}

/** What is done for the caller, as Helicone's session path tells it. */
export type Purpose = "/chat" | "/summarize" | "/models";

/** Who is asked by this caller for this model. */
export function providerFor(caller: Caller, model: string): Provider {
  return resolveProvider(caller.baseUrl, model, caller.protocol);
}

/**
 * Puts a chat to its provider.
 * @param signal ends the provider's request when it aborts
 * @throws {ChatError} when the request cannot be put, or the provider's first event is an error
 */
export function ask(
  chat: ChatRequest,
  caller: Caller,
  purpose: Purpose,
  engine: Engine,
  signal: AbortSignal,
): Promise<Answer> {
  return open(questionFor(chat, caller, purpose, engine), engine, signal);
}

function questionFor(chat: ChatRequest, caller: Caller, purpose: Purpose, engine: Engine): Question {
  const provider = providerFor(caller, chat.model);
  const { protocol } = provider;
  const url = protocol.chatUrl(withPath(caller.baseUrl, provider));
  return {
    protocol,
    url,
    headers: {
      "content-type": "application/json",
      accept: "text/event-stream",
      ...requestHeaders(provider, url, caller, purpose, engine),
    },
    body: JSON.stringify(protocol.body(chat, provider.traits)),
    secrets: secretsOf(caller, engine),
  };
}

/** The headers that say who asks. */
export function requestHeaders(
  provider: Provider,
  url: URL,
  { apiKey, session }: Caller,
  purpose: Purpose,
  { agent, heliconeKey }: Engine,
): Record<string, string> {
  return {
    "user-agent": agent,
    ...(provider.authorization ?? provider.protocol.authorization)(apiKey),
    ...provider.headers?.({ url, session, purpose, heliconeKey }),
  };
}

/** What must not appear in anything that a provider says back. */
export function secretsOf({ apiKey }: Caller, { heliconeKey }: Engine): Secret[] {
  return heliconeKey === undefined ? [apiKey] : [apiKey, heliconeKey];
}
