import type { ProtocolName } from "../core/translation.ts";

/** An error in one provider's words. */
export interface ProviderError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  /** OpenAI's; null where it has none. */
  readonly code?: string;
  /** The field at fault; OpenAI's. */
  readonly param?: string;
  /** Anthropic's. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** What a proxy in front of the provider says in place of the provider's JSON. */
  readonly html?: string;
  /** JSON in place of the protocol's own error body. */
  readonly body?: unknown;
}

/** The same failure as OpenAI and as Anthropic tell it; with Responses OpenAI uses the same words unless said. */
export interface ErrorByProtocol {
  readonly openai: ProviderError;
  readonly anthropic: ProviderError;
  readonly responses?: ProviderError;
}

/** How a protocol tells a failure. */
export function errorFor(error: ErrorByProtocol, protocol: ProtocolName): ProviderError {
  return error[protocol] ?? error.openai;
}

/** A request that is refused before its answer begins. Thrown by the rules, caught by the server. */
export class RequestRejected extends Error {
  override readonly name = "RequestRejected";
  readonly providerError: ProviderError;

  constructor(providerError: ProviderError) {
    super(providerError.message);
    this.providerError = providerError;
  }
}

/** The same error in every protocol. */
export function sameForAll(error: ProviderError): ErrorByProtocol {
  return { openai: error, anthropic: error };
}
