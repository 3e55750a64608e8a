/** One server-sent event, dispatched at its blank line. */
export interface SseMessage {
  /** Value of the `event:` field, absent where there was none. */
  readonly event?: string | undefined;
  /** The `data:` lines, joined with LF. */
  readonly data: string;
}
