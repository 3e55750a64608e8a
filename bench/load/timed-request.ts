import type { Running } from "../programs/bench-program.ts";
import { type Connection, serialize } from "./client-connection.ts";
import { TokenReader } from "./tokens.ts";

export interface Question {
  readonly model: string;
  /** How many numbered tokens the model answers with. */
  readonly tokens: number;
}

/** The request, as it goes to one program. Made once, sent often. */
export function wireFor(running: Running, { model }: Question): string {
  return serialize(running.request(model, [{ role: "user", content: "Hello" }]), running.port);
}

/**
 * Asks and reads the whole answer, token by token.
 * @throws where the answer is not the one expected
 */
export async function ask(connection: Connection, wire: string, tokens: number): Promise<void> {
  const reader = new TokenReader();
  let refusal = "";
  let ok = true;
  const status = await connection.send(wire, {
    status(code) {
      ok = code === 200;
    },
    body(text) {
      if (!ok) refusal += text;
      reader.feed(text);
    },
  });
  if (status !== 200) throw new Error(`Status ${status}: ${refusal.slice(0, 300)}`);
  reader.finish(tokens);
}
