/** An address that neither accepts nor refuses: a listener that is frozen, with as many callers as it can queue. */

import { connect, type Socket } from "node:net";

const LISTEN = `require("node:net").createServer().listen(0, "127.0.0.1", function () { console.log(this.address().port); })`;

/** More than fit into the queue of a listener: Bun asks for 512. */
const CALLERS = 600;

/** Callers that have got through show that the queue is being filled; all calls went out before the first did. */
const ENOUGH = 100;

export interface BlackHole extends AsyncDisposable {
  readonly url: string;
}

export async function openBlackHole(): Promise<BlackHole> {
  const listener = Bun.spawn([process.execPath, "-e", LISTEN], { stdout: "pipe", stderr: "ignore" });
  const { value } = await listener.stdout.getReader().read();
  const port = Number(new TextDecoder().decode(value));
  listener.kill("SIGSTOP");

  const sockets: Socket[] = [];
  await new Promise<void>((filled) => {
    let through = 0;
    for (let i = 0; i < CALLERS; i++) {
      const socket = connect(port, "127.0.0.1", () => ++through === ENOUGH && filled());
      socket.on("error", () => undefined);
      sockets.push(socket);
    }
  });
  return {
    url: `http://127.0.0.1:${port}/v1`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      listener.kill("SIGKILL");
      await listener.exited;
    },
  };
}
