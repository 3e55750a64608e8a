import type { Client } from "./client.ts";
import type { Admission, ClientUsage, Refusal, Used } from "./limits.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** What one client has used. Its name is the key, so that it outlives a new reading of the settings. */
interface Counts {
  /** When the minute began: with its first request. Milliseconds since 1970, as all here. */
  minute: number;
  requests: number;
  tokens: number;
  /** When the day began, in UTC. */
  day: number;
  cost: number;
  /** Answers that are running. */
  running: number;
}

/** The counts of this process alone. */
export class UsageInMemory implements ClientUsage {
  readonly #counts = new Map<string, Counts>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  admit(client: Client, { isAnswer }: Admission): Refusal | undefined {
    const now = this.#now();
    const counts = this.#of(client, now);
    const { requestsPerMinute, tokensPerMinute, streams, costPerDay } = client.limits;
    // The one that ends last comes first: who waits for it need not wait twice.
    if (costPerDay !== undefined && counts.cost >= costPerDay)
      return { limit: "costPerDay", retryAfter: (counts.day + DAY_MS - now) / 1000 };
    const minuteLeft = (counts.minute + MINUTE_MS - now) / 1000;
    if (tokensPerMinute !== undefined && counts.tokens >= tokensPerMinute)
      return { limit: "tokensPerMinute", retryAfter: minuteLeft };
    if (requestsPerMinute !== undefined && counts.requests >= requestsPerMinute)
      return { limit: "requestsPerMinute", retryAfter: minuteLeft };
    if (isAnswer && streams !== undefined && counts.running >= streams)
      return { limit: "streams", retryAfter: 1 };
    counts.requests++;
    if (isAnswer) counts.running++;
    return undefined;
  }

  settle(client: Client, { isAnswer }: Admission, { tokens, cost }: Used): void {
    const counts = this.#of(client, this.#now());
    counts.tokens += tokens;
    counts.cost += cost;
    if (isAnswer) counts.running--;
  }

  /** What a client had spent today before this process began. */
  spentBefore(client: Pick<Client, "name">, cost: number): void {
    this.#of(client, this.#now()).cost += cost;
  }

  /** The counts as they are now: of a minute and a day that are over nothing is left. */
  #of({ name }: Pick<Client, "name">, now: number): Counts {
    let counts = this.#counts.get(name);
    if (counts === undefined) {
      counts = { minute: now, requests: 0, tokens: 0, day: dayOf(now), cost: 0, running: 0 };
      this.#counts.set(name, counts);
    }
    // A clock that was set back begins anew as well.
    if (now - counts.minute >= MINUTE_MS || now < counts.minute)
      Object.assign(counts, { minute: now, requests: 0, tokens: 0 });
    if (dayOf(now) !== counts.day) Object.assign(counts, { day: dayOf(now), cost: 0 });
    return counts;
  }
}

function dayOf(now: number): number {
  return Math.floor(now / DAY_MS) * DAY_MS;
}
