/** The body of a response, pulled: what is not asked for stays at the provider. */
export interface ReplyBody {
  /**
   * All that has come since the last read, or undefined at the end of the body. What arrived before a failure
   * is given before it.
   * Rejects with why the body broke off.
   */
  read(): Promise<Uint8Array | undefined>;
  /** All has come and been read: a read would give undefined. */
  readonly isOver: boolean;
  /** Gives up what has not come yet, and the connection with it: reads reject with the reason. */
  cancel(reason: unknown): void;
}

/** What a provider answered, once its headers have come. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReplyBody;
}
