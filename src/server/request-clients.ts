import type { Client } from "../clients/client.ts";
import { type Admission, type ClientUsage, limitFailure } from "../clients/limits.ts";
import { ChatError } from "../core/failure.ts";
import type { Trace } from "../core/trace.ts";

/** Paths that ask for an answer, without a provider's prefix. */
const ANSWER_PATHS =
  /^(?:\/v1)?\/(?:chat\/completions(?:\/stream)?|chat\/summarize|messages|responses(?:\/compact)?)$/;

/** Whose the requests are that have come, and what of their limits they have been granted (docs/protocol.md 12). */
export class RequestClients {
  readonly #usage: ClientUsage;
  readonly #clients = new WeakMap<Trace, Client>();
  readonly #admitted = new WeakMap<Trace, { readonly client: Client; readonly admission: Admission }>();

  constructor(usage: ClientUsage) {
    this.#usage = usage;
  }

  /** The request guard has seen the client's token. */
  note(trace: Trace, client: Client): void {
    trace.client = client.name;
    this.#clients.set(trace, client);
  }

  /** Nothing where the server does not tell its clients apart. */
  of(trace: Trace): Client | undefined {
    return this.#clients.get(trace);
  }

  /** Lets a client's request in, once. @throws {ChatError} `rate_limit` or `quota`, where it meets a limit */
  async admit(trace: Trace): Promise<void> {
    const client = this.#clients.get(trace);
    if (client === undefined || this.#admitted.has(trace)) return;
    const admission = { isAnswer: trace.method === "POST" && ANSWER_PATHS.test(trace.path) };
    const refusal = await this.#usage.admit(client, admission);
    if (refusal !== undefined) throw new ChatError(limitFailure(client, refusal));
    this.#admitted.set(trace, { client, admission });
  }

  /** The request is over. */
  settle(trace: Trace): void {
    const admitted = this.#admitted.get(trace);
    if (admitted === undefined) return;
    this.#admitted.delete(trace);
    const usage = trace.usage ?? trace.estimate;
    const tokens = usage === undefined ? 0 : usage.inputTokens + usage.outputTokens;
    this.#usage.settle(admitted.client, admitted.admission, { tokens, cost: trace.cost ?? 0 });
  }
}
