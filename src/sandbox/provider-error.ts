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
}

/** The same misfortune in the words of both. */
export interface ErrorByProtocol {
  readonly openai: ProviderError;
  readonly anthropic: ProviderError;
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
