import { Connection } from "./connection.ts";

/** Connections that are opened in one go. */
const AT_ONCE = 100;

/**
 * Opens so many streams that say one token and then nothing, and settles when each has said it.
 * @throws where one is refused or ends
 */
export async function holdStreams(port: number, wire: string, count: number): Promise<Connection[]> {
  const connections: Connection[] = [];
  let left = count;
  const worker = async () => {
    while (left-- > 0) {
      const connection = new Connection(port);
      connections.push(connection);
      await firstToken(connection, wire);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return connections;
}

/** Sends a request and settles with the first token of its answer, which goes on. */
export function firstToken(connection: Connection, wire: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let text = "";
  const receiver = {
    body(piece: string) {
      text += piece;
      if (text.includes("tok-0001")) resolve();
    },
  };
  connection.send(wire, receiver).then(() => reject(new Error(`A stream ended: ${text.slice(0, 300)}`)), reject);
  return promise;
}
