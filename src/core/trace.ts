import type { Usage } from "./event.ts";
import type { Failure } from "./failure.ts";
import type { Session } from "./session.ts";

/** How a request ended: as it should, with a failure, or because the client left. */
export type Outcome = "complete" | "failed" | "left";

/**
 * What is known of one request while it lives, for its log line, its metrics and its headers.
 * Never a key, a prompt or an answer.
 */
export class Trace {
  readonly id: string = crypto.randomUUID();
  /** Milliseconds, from the process's monotonic clock. */
  readonly started: number = performance.now();
  readonly method: string;
  /** Without the provider that it began with. */
  readonly path: string;
  /** The provider that the path began with: `groq` in `/groq/v1/models`. */
  readonly prefix: string | undefined;
  session: Session | undefined;
  provider: string | undefined;
  /** As the client wrote it, without any key. */
  model: string | undefined;
  status = 200;
  failure: Failure | undefined;
  outcome: Outcome | undefined;
  usage: Usage | undefined;
  /** Milliseconds from the start to the first text or reasoning. */
  firstTokenMs: number | undefined;
  /** The answer is a stream, which ends long after its headers have gone out. */
  streaming = false;

  constructor(method: string, path: string, prefix?: string) {
    this.method = method;
    this.path = path;
    this.prefix = prefix;
  }

  /** Notes the first piece of the answer. */
  sawText(): void {
    this.firstTokenMs ??= performance.now() - this.started;
  }
}
