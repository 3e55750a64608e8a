import { Connection } from "./client-connection.ts";

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
      const { said, over } = firstToken(connection, wire);
      over.catch(() => undefined);
      await said;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return connections;
}

/** Sends a request. `said` settles with the first token of its answer, `over` with the end. */
export function firstToken(
  connection: Connection,
  wire: string,
): { readonly said: Promise<void>; readonly over: Promise<unknown> } {
  const { promise: said, resolve, reject } = Promise.withResolvers<void>();
  let text = "";
  let found = false;
  const receiver = {
    body(piece: string) {
      if (found) return;
      text += piece;
      found = text.includes("tok-0001");
      if (found) resolve();
    },
  };
  const over = connection.send(wire, receiver);
  over.then(() => reject(new Error(`An answer ended without a token: ${text.slice(0, 300)}`)), reject);
  return { said, over };
}
