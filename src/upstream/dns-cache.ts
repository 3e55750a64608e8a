/** From a name to its addresses: once for each request, never for longer than a request would wait. */

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Looks a name up; rejects, or gives nothing, where there is none. */
export type Resolver = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** How long a look-up may take, in milliseconds. The system's own limit is 10 to 30 s. */
export const RESOLVE_TIMEOUT = 10_000;

/**
 * Waits for a look-up, but not for ever.
 *
 * @throws the signal's reason if it aborts; an Error when the time (milliseconds) is over; else what the
 *   resolver throws.
 */
export async function resolveWithin(
  resolve: Resolver,
  hostname: string,
  milliseconds: number,
  signal?: AbortSignal,
): Promise<readonly ResolvedAddress[]> {
  signal?.throwIfAborted();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("the resolver does not answer")), milliseconds);
  const abort = () => reject(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([resolve(hostname), stopped]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

export interface MemoryOptions {
  /** How long an answer is kept, in milliseconds. */
  readonly keep?: number;
  /** How many names are kept. */
  readonly names?: number;
  /** A clock in milliseconds. */
  readonly now?: () => number;
}

/**
 * Keeps a resolver's answers for a short while and lets requests for the same name share one look-up. Safe
 * against names that change their address, because the connection goes to an address of the very answer that
 * was judged. Failures are not kept, and a look-up that hangs is not shared for longer
 * than an answer.
 */
export function withMemory(resolve: Resolver, options: MemoryOptions = {}): Resolver {
  const { keep = 10_000, names = 256, now = () => performance.now() } = options;
  const known = new Map<string, { answer: ReturnType<Resolver>; until: number }>();
  return (hostname) => {
    const found = known.get(hostname);
    if (found !== undefined && found.until > now()) return found.answer;
    // Taken out first, so that the map's order is by age.
    known.delete(hostname);
    const oldest = known.keys().next();
    if (known.size >= names && oldest.done !== true) known.delete(oldest.value);

    const entry = { answer: resolve(hostname), until: now() + keep };
    known.set(hostname, entry);
    const forget = () => {
      if (known.get(hostname) === entry) known.delete(hostname);
    };
    entry.answer.then((addresses) => {
      entry.until = now() + keep;
      if (addresses.length === 0) forget();
    }, forget);
    return entry.answer;
  };
}
