/** What a client may do in a minute, a day, and at once (docs/protocol.md 12). What is absent is unlimited. */
export interface ClientLimits {
  readonly requestsPerMinute?: number;
  /** Of input and output together. */
  readonly tokensPerMinute?: number;
  /** Answers that run at once. */
  readonly streams?: number;
  /** US dollars, at list prices, in a day of UTC. */
  readonly costPerDay?: number;
}

/** A `[[client]]` of the settings: somebody who has a token of their own. */
export interface Client {
  readonly name: string;
  /** Routes, and patterns of `<provider>/<model>`, that it reaches. `*` alone is everything, addresses too. */
  readonly models: readonly string[];
  readonly limits: ClientLimits;
}

/** The clients of the settings by the SHA-256 of their tokens, in lower-case hexadecimal digits. */
export type Clients = ReadonlyMap<string, Client>;

/** The SHA-256 of a token, as settings have it. */
export function tokenHash(token: string): string {
  return new Bun.CryptoHasher("sha256").update(token).digest("hex");
}

/**
 * Whose token one of these is. The digests are looked up, not the tokens, so that the time it takes tells nothing of
 * a token.
 */
export function clientWith(
  tokens: readonly (string | null | undefined)[],
  clients: Clients,
): Client | undefined {
  for (const token of tokens) {
    const client = token ? clients.get(tokenHash(token)) : undefined;
    if (client !== undefined) return client;
  }
  return undefined;
}
