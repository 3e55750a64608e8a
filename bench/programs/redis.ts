import { freePort } from "../../tests/support/free-port.ts";
import { Child, listening } from "../process.ts";

/** What several servers share. */
export interface Store {
  readonly url: string;
  readonly child: Child;
}

/** Valkey, else Redis, which keeps nothing on disk; nothing where neither is installed. */
export async function startStore(): Promise<Store | undefined> {
  const program = Bun.which("valkey-server") ?? Bun.which("redis-server");
  if (program === null) return undefined;
  const port = await freePort();
  const flags = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const child = new Child([program, ...flags]);
  await listening(port);
  return { url: `redis://127.0.0.1:${port}`, child };
}
