/** The system's resolver, kept from stopping everything else. */

import { lookup } from "node:dns/promises";
import { availableParallelism } from "node:os";
import { RESOLVE_TIMEOUT, type ResolvedAddress, type Resolver, withMemory } from "./dns-cache.ts";

export interface LaneOptions {
  /** How many look-ups may block a thread at once. */
  readonly lanes: number;
  /** The resolver that blocks a thread for as long as it takes. */
  readonly blocking: Resolver;
  /** One that blocks nothing, asked as well while all lanes are taken. */
  readonly overflow: Resolver;
  /** Look-ups that waited longer than this for a lane, in milliseconds, are given up. */
  readonly patience?: number;
}

/**
 * Keeps slow look-ups from stopping everything else. Bun runs `getaddrinfo` on the threads that also read
 * files, one for each core: on two cores, six names whose servers did not answer held up the reading of a file
 * for 30 s. So a part of the threads stays free; a name that finds no lane is also asked of a resolver that
 * needs none, and the first good answer counts.
 */
export function withLanes({ lanes, blocking, overflow, patience = RESOLVE_TIMEOUT }: LaneOptions): Resolver {
  let free = lanes;
  const waiting: (() => void)[] = [];

  async function inLane(hostname: string, isWanted: () => boolean): Promise<readonly ResolvedAddress[]> {
    if (free > 0) free -= 1;
    else await new Promise<void>((enter) => waiting.push(enter));
    try {
      if (!isWanted()) throw new Error("nobody waits for this look-up any more");
      return await blocking(hostname);
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  }

  return async (hostname) => {
    if (free > 0) return inLane(hostname, () => true);
    const start = performance.now();
    let isAnswered = false;
    const beside = overflow(hostname).then((addresses) => {
      if (addresses.length === 0) throw new Error("no address");
      isAnswered = true;
      return addresses;
    });
    return Promise.any([beside, inLane(hostname, () => !isAnswered && performance.now() - start < patience)]);
  };
}

/**
 * The system's resolver: `/etc/hosts`, DNS, and whatever else it is set up to ask. The one beside it knows
 * only the first two and does not notice when the network changes, so it never decides alone.
 */
export const systemResolver: Resolver = withMemory(
  withLanes({
    lanes: Math.max(1, availableParallelism() - 1),
    blocking: async (hostname) => (await lookup(hostname, { all: true })).map(asResolved),
    overflow: async (hostname) => (await Bun.dns.lookup(hostname, { backend: "c-ares" })).map(asResolved),
  }),
);

function asResolved({ address, family }: { address: string; family: number }): ResolvedAddress {
  return { address, family: family === 6 ? 6 : 4 };
}
