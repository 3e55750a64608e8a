import type { ParsedRequest } from "./parsed-request.ts";

/** More than this is not remembered; the oldest is forgotten. */
const MOST_ENTRIES = 10_000;
/** Shorter prompts are not cached, in tokens. */
const LEAST_CACHED_TOKENS = 256;

/** Tokens of a prompt that were read from the prompt cache, and those that were written to it. */
export interface CacheUse {
  readonly read: number;
  readonly written: number;
}

/** All that the sandbox remembers from one request to the next. */
export class RequestHistory {
  readonly #since = new Map<string, number>();
  readonly #prefixes = new Map<string, true>();

  /** True, then false within so many seconds, then true again. */
  firstOfTwo(client: string, withinSeconds: number): boolean {
    const since = this.#since.get(client);
    this.#since.delete(client);
    const now = performance.now();
    if (since !== undefined && now - since <= withinSeconds * 1_000) return false;
    remember(this.#since, client, now);
    return true;
  }

  /**
   * What a prompt cache would say: half of a prompt counts as written the first time, and as read once a conversation
   * that began in the same way was there before.
   */
  useCache(client: string, { system, turns, inputTokens, body }: ParsedRequest): CacheUse {
    if (inputTokens < LEAST_CACHED_TOKENS) return { read: 0, written: 0 };
    const half = Math.floor(inputTokens / 2);
    let prefix = `${client} ${JSON.stringify(body["tools"] ?? null)} ${system}`;
    let known = false;
    for (const { role, text } of turns) {
      prefix = String(Bun.hash(`${prefix} ${role} ${text}`));
      known ||= this.#prefixes.has(prefix);
      remember(this.#prefixes, prefix, true);
    }
    return known ? { read: half, written: 0 } : { read: 0, written: half };
  }
}

function remember<Value>(entries: Map<string, Value>, key: string, value: Value): void {
  entries.set(key, value);
  const [oldest] = entries.keys();
  if (entries.size > MOST_ENTRIES && oldest !== undefined) entries.delete(oldest);
}
