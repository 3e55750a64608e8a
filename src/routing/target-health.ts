import type { Failure, FailureType } from "../core/failure.ts";
import type { Target } from "./target.ts";

/** How long a target is left alone after its first failure; it doubles with each further one, */
const FIRST_REST_MS = 2_000;
/** up to so long, */
const LONGEST_REST_MS = 300_000;
/** with so much of it left to chance, so that many servers do not come back at once. */
const JITTER = 0.25;

/** A `retry-after` counts up to a day: what is longer is more likely a mistake. */
const LONGEST_RETRY_AFTER_MS = 86_400_000;

/** As many targets as are remembered; the one that failed longest ago is forgotten first. */
const MOST_REMEMBERED = 1_000;

interface Health {
  failures: number;
  /** On the monotonic clock. */
  restsUntil: number;
  /** Its last failure. */
  type: FailureType;
  /** One request is trying it again. */
  isTried: boolean;
}

/**
 * Which targets of routes have failed lately (docs/protocol.md 11): each is left alone for a while, longer each time, then
 * one request tries it again while the others still pass it by. Kept for each address, model and key, since one caller's
 * rate limit is not another's.
 */
export class TargetHealth {
  readonly #targets = new Map<string, Health>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Asks whether to try a target. Where the answer is yes, `succeeded`, `failed` or `released` must follow.
   * @returns the failure for which it is left alone; undefined where it may be tried
   */
  resting(target: Target): FailureType | undefined {
    const health = this.#targets.get(keyOf(target));
    if (health === undefined) return undefined;
    if (health.isTried || this.#now() < health.restsUntil) return health.type;
    health.isTried = true;
    return undefined;
  }

  /** It gave its first token. */
  succeeded(target: Target): void {
    if (this.#targets.size > 0) this.#targets.delete(keyOf(target));
  }

  /** It failed before its first token, with a failure that another target may not have. */
  failed(target: Target, { type, retryAfter }: Failure): void {
    const key = keyOf(target);
    const known = this.#targets.get(key);
    // Requests that were under way when it failed first tell nothing new.
    const isNews = known === undefined || known.isTried || this.#now() >= known.restsUntil;
    const failures = (known?.failures ?? 0) + (isNews ? 1 : 0);
    const rest = Math.min(FIRST_REST_MS * 2 ** (failures - 1), LONGEST_REST_MS);
    const said = Math.min((retryAfter ?? 0) * 1000, LONGEST_RETRY_AFTER_MS);
    const wait = Math.max(rest, said) * (1 + Math.random() * JITTER);
    const restsUntil = Math.max(this.#now() + wait, isNews ? 0 : known.restsUntil);
    // Taken out and put in again: the map is in the order of the last failures.
    this.#targets.delete(key);
    this.#targets.set(key, { failures, restsUntil, type, isTried: false });
    const [oldest] = this.#targets.keys();
    if (this.#targets.size > MOST_REMEMBERED && oldest !== undefined) this.#targets.delete(oldest);
  }

  /** It was tried, and nothing was learned of it: the client left, or the request itself was at fault. */
  released(target: Target): void {
    const health = this.#targets.get(keyOf(target));
    if (health !== undefined) health.isTried = false;
  }
}

function keyOf({ baseUrl, model, apiKey }: Target): string {
  const key =
    apiKey === undefined ? "" : new Bun.CryptoHasher("sha256").update(apiKey.reveal()).digest("base64");
  return `${baseUrl.href}\n${model}\n${key}`;
}
