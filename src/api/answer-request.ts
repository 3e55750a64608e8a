import type { Session } from "../core/session.ts";
import type { Target } from "../routing/target.ts";
import type { Dialect } from "./dialect.ts";

/** A validated request of a client, with all that its answer depends on. */
export interface AnswerRequest<Body> {
  readonly dialect: Dialect<Body>;
  readonly body: Body;
  /** Tried in this order before the first token; never empty. */
  readonly targets: readonly Target[];
  readonly session: Session;
  /** The answer is wanted whole, not as a stream. */
  readonly whole?: boolean;
  /** The answer goes on when the client leaves. */
  readonly detached?: boolean;
  /** Refuse whatever cannot be carried over as it is. */
  readonly strict?: boolean;
  /** Headers of the client for a provider of its own protocol. */
  readonly relayedHeaders?: Readonly<Record<string, string>>;
}
