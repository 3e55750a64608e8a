import type { Connection, Home } from "./connection.ts";

/** As many connections to one place as wait for their next request. */
const MOST_KEPT = 1024;

/** Connections that wait for their next request, by the place they lead to. */
export class KeptConnections implements Home {
  readonly #places = new Map<string, Connection[]>();
  readonly #idleMs: number;

  /** @param idleMs how long one waits */
  constructor(idleMs: number) {
    this.#idleMs = idleMs;
  }

  /** The one that was used last, which is the least likely to be closing; undefined where there is none. */
  take(place: string): Connection | undefined {
    const waiting = this.#places.get(place);
    for (let connection = waiting?.pop(); connection !== undefined; connection = waiting?.pop()) {
      if (!connection.isFree) continue;
      connection.wake();
      return connection;
    }
    return undefined;
  }

  free(connection: Connection): void {
    const waiting = this.#places.get(connection.place) ?? [];
    this.#places.set(connection.place, waiting);
    waiting.push(connection);
    connection.rest(this.#idleMs);
    if (waiting.length > MOST_KEPT) waiting.shift()?.fail(undefined);
  }

  closed(connection: Connection): void {
    const waiting = this.#places.get(connection.place);
    if (waiting === undefined) return;
    const at = waiting.indexOf(connection);
    if (at !== -1) waiting.splice(at, 1);
    if (waiting.length === 0) this.#places.delete(connection.place);
  }
}
