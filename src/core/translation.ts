/** The protocols that providers speak, under the names that clients and settings use. */
export const PROTOCOL_NAMES = ["openai", "responses", "anthropic"] as const;
export type ProtocolName = (typeof PROTOCOL_NAMES)[number];

/**
 * What became of the fields of a request on their way from a client's dialect to a provider's protocol, beyond those that
 * were carried over as they are. Told to the client in `x-nash-llm-dropped` and `x-nash-llm-changed`; with
 * `x-nash-llm-strict: 1` either is refused. What cannot be left out or done another way is thrown as a `ChatError`.
 */
export class Translation {
  readonly dropped = new Set<string>();
  readonly changed = new Set<string>();

  /** A hint or bookkeeping that the provider has no place for: left out. @param field a path such as `tools[0].type` */
  drop(field: string): void {
    this.dropped.add(field);
  }

  /** Done another way, with the same meaning as far as the provider has it. */
  change(field: string): void {
    this.changed.add(field);
  }

  /** Whether the same became of the same fields. */
  equals({ dropped, changed }: Translation): boolean {
    return isSame(this.dropped, dropped) && isSame(this.changed, changed);
  }
}

function isSame(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((field) => other.has(field));
}
