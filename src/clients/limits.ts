import type { Failure } from "../core/failure.ts";
import type { Client, ClientLimits } from "./client.ts";

/** What is counted of a request that is let in. */
export interface Admission {
  /** It asks for an answer, which counts among those that run at once until it is over. */
  readonly isAnswer: boolean;
}

/** What a request has used, once it is over. */
export interface Used {
  /** Of input and output together. */
  readonly tokens: number;
  /** US dollars; 0 where the price is not known. */
  readonly cost: number;
}

/**
 * What clients have used of their limits. In memory here; whatever several machines share can stand behind it. A store
 * that cannot be reached decides alone rather than throw.
 */
export interface ClientUsage {
  /** Lets a request in, and counts it, or says which limit it meets. */
  admit(client: Client, admission: Admission): Promise<Refusal | undefined> | Refusal | undefined;
  /** Called once for each request that was let in, when it is over. */
  settle(client: Client, admission: Admission, used: Used): void;
}

/** A limit that is met. */
export interface Refusal {
  readonly limit: keyof ClientLimits;
  /** Seconds until it ends; a second for answers that run, of which nobody knows when they end. */
  readonly retryAfter: number;
}

/** What the client is told. */
export function limitFailure({ name, limits }: Client, { limit, retryAfter }: Refusal): Failure {
  const seconds = Math.max(1, Math.ceil(retryAfter));
  const until = new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19);
  const sentence = {
    requestsPerMinute: `${limits.requestsPerMinute} requests in a minute (requests-per-minute). It ends in ${seconds} s, at ${until}Z.`,
    tokensPerMinute: `${limits.tokensPerMinute} tokens in a minute (tokens-per-minute). It ends in ${seconds} s, at ${until}Z.`,
    streams: `${limits.streams} answers at once (streams). It ends when one of them does.`,
    costPerDay: `${limits.costPerDay} US dollars in a day (cost-per-day). It ends in ${seconds} s, at ${until}Z.`,
  }[limit];
  return {
    type: limit === "costPerDay" ? "quota" : "rate_limit",
    status: 429,
    message: `The client ${name} has reached its limit of ${sentence}`,
    retryAfter: seconds,
  };
}
