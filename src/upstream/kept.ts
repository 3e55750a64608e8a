import type { Connection } from "./connection.ts";

/** As many connections to one place as wait for their next request. */
const MOST_KEPT = 256;

/** Connections that wait for their next request, by the place they lead to. */
export class KeptConnections {
  readonly #places = new Map<string, Connection[]>();

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

  /** @param milliseconds how long it waits */
  keep(place: string, connection: Connection, milliseconds: number): void {
    const waiting = this.#places.get(place) ?? [];
    this.#places.set(place, waiting);
    waiting.push(connection);
    connection.rest(milliseconds);
    if (waiting.length > MOST_KEPT) waiting.shift()?.fail(undefined);
  }

  /** It has closed. */
  drop(place: string, connection: Connection): void {
    const waiting = this.#places.get(place) ?? [];
    const at = waiting.indexOf(connection);
    if (at !== -1) waiting.splice(at, 1);
    if (waiting.length === 0) this.#places.delete(place);
  }
}
