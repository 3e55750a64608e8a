import { type Connection, serialize } from "./connection.ts";
import { TokenReader } from "./tokens.ts";
import type { Running } from "../programs/program.ts";

export interface Question {
  readonly model: string;
  /** How many numbered tokens the model answers with. */
  readonly tokens: number;
  readonly content?: string;
}

/** The request for a question, as it goes to one program. Made once, sent often. */
export function wireFor(running: Running, { model, content = "hi" }: Question): string {
  return serialize(running.request(model, content), running.port);
}

/**
 * Asks and reads the whole answer, token by token.
 * @param told of each piece of the answer that held tokens: how many
 * @throws where the answer is not the one expected
 */
export async function ask(
  connection: Connection,
  wire: string,
  tokens: number,
  told?: (count: number) => void,
): Promise<void> {
  const reader = new TokenReader();
  let refusal = "";
  let ok = true;
  const status = await connection.send(wire, {
    status(code) {
      ok = code === 200;
    },
    body(text) {
      if (!ok) refusal += text;
      const count = reader.feed(text);
      if (count > 0) told?.(count);
    },
  });
  if (status !== 200) throw new Error(`Status ${status}: ${refusal.slice(0, 300)}`);
  reader.finish(tokens);
}
