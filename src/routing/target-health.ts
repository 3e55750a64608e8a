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

/** What one server tells the others of a target. */
export interface TargetNews {
  /** What all of them call it. */
  readonly target: string;
  /** Absent where it answers again. */
  readonly failures?: number;
  /** It is to be left alone for so long, in milliseconds. */
  readonly restMs?: number;
  readonly type?: FailureType;
}

/** Several servers that leave the same targets alone. */
export interface SharedHealth {
  /** A name for a target that does not tell its key. */
  nameOf(target: string): string;
  tell(news: TargetNews): void;
  onNews(listener: (news: TargetNews) => void): void;
}

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
  readonly #shared: SharedHealth | undefined;

  constructor({ now = () => performance.now(), shared }: TargetHealthOptions = {}) {
    this.#now = now;
    this.#shared = shared;
    shared?.onNews((news) => this.#learn(news));
  }

  /**
   * Asks whether to try a target. Where the answer is yes, `succeeded`, `failed` or `released` must follow.
   * @returns the failure for which it is left alone; undefined where it may be tried
   */
  resting(target: Target): FailureType | undefined {
    const health = this.#targets.size === 0 ? undefined : this.#targets.get(this.#keyOf(target));
    if (health === undefined) return undefined;
    if (health.isTried || this.#now() < health.restsUntil) return health.type;
    health.isTried = true;
    return undefined;
  }

  /** It gave its first token. */
  succeeded(target: Target): void {
    if (this.#targets.size === 0) return;
    const key = this.#keyOf(target);
    if (this.#targets.delete(key)) this.#shared?.tell({ target: key });
  }

  /** It failed before its first token, with a failure that another target may not have. */
  failed(target: Target, { type, retryAfter }: Failure): void {
    const key = this.#keyOf(target);
    const known = this.#targets.get(key);
    // Requests that were under way when it failed first tell nothing new.
    const isNews = known === undefined || known.isTried || this.#now() >= known.restsUntil;
    const failures = (known?.failures ?? 0) + (isNews ? 1 : 0);
    const rest = Math.min(FIRST_REST_MS * 2 ** (failures - 1), LONGEST_REST_MS);
    const said = Math.min((retryAfter ?? 0) * 1000, LONGEST_RETRY_AFTER_MS);
    const wait = Math.max(rest, said) * (1 + Math.random() * JITTER);
    const restsUntil = Math.max(this.#now() + wait, isNews ? 0 : known.restsUntil);
    this.#set(key, { failures, restsUntil, type, isTried: false });
    if (isNews) this.#shared?.tell({ target: key, failures, restMs: restsUntil - this.#now(), type });
  }

  /** It was tried, and nothing was learned of it: the client left, or the request itself was at fault. */
  released(target: Target): void {
    const health = this.#targets.get(this.#keyOf(target));
    if (health !== undefined) health.isTried = false;
  }

  #learn({ target, failures, restMs, type }: TargetNews): void {
    if (failures === undefined || restMs === undefined || type === undefined) this.#targets.delete(target);
    else this.#set(target, { failures, restsUntil: this.#now() + restMs, type, isTried: false });
  }

  #set(key: string, health: Health): void {
    // Taken out and put in again: the map is in the order of the last failures.
    this.#targets.delete(key);
    this.#targets.set(key, health);
    const [oldest] = this.#targets.keys();
    if (this.#targets.size > MOST_REMEMBERED && oldest !== undefined) this.#targets.delete(oldest);
  }

  #keyOf(target: Target): string {
    const key = keyOf(target);
    return this.#shared?.nameOf(key) ?? key;
  }
}

export interface TargetHealthOptions {
  readonly now?: () => number;
  readonly shared?: SharedHealth | undefined;
}

function keyOf({ baseUrl, model, apiKey }: Target): string {
  const key =
    apiKey === undefined ? "" : new Bun.CryptoHasher("sha256").update(apiKey.reveal()).digest("base64");
  return `${baseUrl.href}\n${model}\n${key}`;
}
