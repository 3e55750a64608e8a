import type { Secret } from "../core/secret.ts";
import type { Protocol } from "../protocols/protocol.ts";

/** One request to a provider, ready to be sent. */
export interface Question {
  readonly protocol: Protocol;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON text of the body. */
  readonly body: string;
  /** What must not appear in anything that the provider says back. */
  readonly secrets: readonly Secret[];
}
