/** What is used of the runtime's client. A stand-in takes its place in tests. */
export interface RedisConnection {
  connect(): Promise<unknown>;
  send(command: string, args: string[]): Promise<unknown>;
  close(): void;
}

/** How long a connection may take to be made, and a command to be answered, in milliseconds. */
export const COMMAND_TIMEOUT_MS = 3_000;

/** Makes a connection of the runtime's own client, which never reconnects by itself: whoever uses it does. */
export function redisConnection(url: string): RedisConnection {
  return new Bun.RedisClient(url, {
    connectionTimeout: COMMAND_TIMEOUT_MS,
    autoReconnect: false,
    enableOfflineQueue: false,
  });
}

/** @throws where it takes longer: a store that hangs is as good as one that is gone */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("The store does not answer.")), milliseconds);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** An entry of a stream: its id, and its fields by name. */
export interface Entry {
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Entries of one stream, as XRANGE gives them. */
export function entriesOf(reply: unknown): Entry[] {
  if (!Array.isArray(reply)) return [];
  return reply.flatMap((entry: unknown) => {
    if (!Array.isArray(entry) || typeof entry[0] !== "string" || !Array.isArray(entry[1])) return [];
    const fields: Record<string, string> = {};
    for (let i = 0; i + 1 < entry[1].length; i += 2) fields[String(entry[1][i])] = String(entry[1][i + 1]);
    return [{ id: entry[0], fields }];
  });
}

/** Entries by stream, as XREAD gives them: a map, in the older protocol a list of pairs; null where none came. */
export function streamsOf(reply: unknown): [name: string, entries: Entry[]][] {
  if (typeof reply !== "object" || reply === null) return [];
  const pairs: unknown[] = Array.isArray(reply) ? reply : Object.entries(reply);
  return pairs.flatMap((pair) =>
    Array.isArray(pair) && typeof pair[0] === "string" ? [[pair[0], entriesOf(pair[1])]] : [],
  );
}
