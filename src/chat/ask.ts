import { ChatError } from "../core/failure.ts";
import type { ChatRequest, Sampling } from "../core/message.ts";
import { redact, type Secret } from "../core/secret.ts";
import type { Session } from "../core/session.ts";
import type { RequestSpan } from "../core/trace.ts";
import { Translation } from "../core/translation.ts";
import type { Target } from "../routing/target.ts";
import { maxOutput } from "../tokens/windows.ts";
import type { ProviderRequest } from "../upstream/attempt.ts";
import { type Answer, type OpenOptions, openStream } from "../upstream/open-stream.ts";
import { TracedAttempts } from "./traced-attempts.ts";

/** What is asked, of whom and for whom. Nothing of it outlives the request. */
export interface AskContext {
  readonly target: Target;
  readonly session: Session;
  /** What is done for the client, as Helicone's session path tells it. */
  readonly purpose: "/chat" | "/summarize" | "/models";
  /** Headers of the client that are relayed to a provider of its own protocol, such as `anthropic-beta`. */
  readonly relayedHeaders?: Readonly<Record<string, string>>;
  /** The answer is wanted whole, as the provider's own JSON. Only where the request passes through. */
  readonly whole?: boolean;
  /** Refuse what would be left out or done another way. */
  readonly strict?: boolean;
  /** What each attempt is traced under. */
  readonly span?: RequestSpan | undefined;
}

/** What the server itself brings to every request. */
export interface UpstreamOptions extends OpenOptions {
  readonly heliconeKey: Secret | undefined;
  /** The value of `user-agent`. */
  readonly userAgent: string;
}

/**
 * Puts a chat to its provider.
 * @param signal ends the provider's request when it aborts
 * @throws {ChatError} when the request cannot be put, or the provider's first event is an error
 */
export async function ask(
  chat: ChatRequest,
  context: AskContext,
  upstream: UpstreamOptions,
  signal: AbortSignal,
  translation: Translation = new Translation(),
): Promise<Answer> {
  const request = providerRequest(chat, context, upstream, translation);
  const { span, target } = context;
  if (span === undefined) return openStream(request, upstream, signal);
  const model = redact(target.model, secretsOf(target, upstream));
  const attempts = new TracedAttempts(span, target.provider.name, model);
  return attempts.watch(await openStream(request, { ...upstream, attempts }, signal));
}

/**
 * The request that puts a chat to its provider.
 * @param translation is told of what is left out or done another way
 * @throws {ChatError} `invalid_request` for what the provider cannot take
 */
export function providerRequest(
  chat: ChatRequest,
  context: AskContext,
  upstream: UpstreamOptions,
  translation: Translation,
): ProviderRequest {
  const { target, whole = false } = context;
  const { protocol } = target.provider;
  const passThrough = chat.raw?.protocol === protocol.name && protocol.passThrough !== undefined;
  const url = protocol.chatUrl(target.baseUrl);
  const body = JSON.stringify(providerBody(chat, target, translation));
  if (context.strict) refuseTranslated(translation);
  return {
    protocol,
    url,
    headers: {
      "content-type": "application/json",
      accept: whole && passThrough ? "application/json" : "text/event-stream",
      ...requestHeaders(url, context, upstream),
      ...(passThrough ? context.relayedHeaders : {}),
    },
    body,
    secrets: secretsOf(target, upstream),
    chat,
    passThrough,
    ...(context.strict ? { strict: true } : {}),
  };
}

function providerBody(chat: ChatRequest, target: Target, translation: Translation): Record<string, unknown> {
  const { protocol, traits } = target.provider;
  if (chat.raw?.protocol === protocol.name && protocol.passThrough !== undefined)
    return protocol.passThrough(chat.raw.body, target.model, traits);
  const sampling = chat.capsOutput ? capped(chat.sampling, target.model) : chat.sampling;
  return protocol.body({ ...chat, sampling, model: target.model }, traits, translation);
}

function capped(sampling: Sampling, model: string): Sampling {
  const { max_tokens: asked } = sampling;
  return asked === undefined
    ? sampling
    : { ...sampling, max_tokens: Math.min(asked, maxOutput(model) ?? asked) };
}

/** The headers that say who asks. */
export function requestHeaders(
  url: URL,
  { target, session, purpose }: Pick<AskContext, "target" | "session" | "purpose">,
  { userAgent, heliconeKey }: Pick<UpstreamOptions, "userAgent" | "heliconeKey">,
): Record<string, string> {
  const { provider, apiKey } = target;
  return {
    "user-agent": userAgent,
    ...(apiKey === undefined ? {} : (provider.authorization ?? provider.protocol.authorization)(apiKey)),
    ...provider.headers?.({ url, session, purpose, heliconeKey }),
  };
}

/** What must not appear in anything that a provider says back. */
export function secretsOf(
  { apiKey }: Pick<Target, "apiKey">,
  { heliconeKey }: Pick<UpstreamOptions, "heliconeKey">,
): Secret[] {
  return [apiKey, heliconeKey].filter((secret) => secret !== undefined);
}

/** For a client that wants all or nothing. @throws {ChatError} where anything was left out or done another way */
function refuseTranslated({ dropped, changed }: Translation): void {
  const [field] = [...dropped, ...changed];
  if (field === undefined) return;
  throw new ChatError({
    type: "invalid_request",
    status: 400,
    param: field,
    message: `This provider cannot take ${[...dropped, ...changed].join(", ")} as it is, and x-nash-llm-strict is set.`,
  });
}
