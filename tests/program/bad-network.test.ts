import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { connect, createServer, type Server, type Socket } from "node:net";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { CHAT, chatBody, post, readNativeStream, SUMMARIZE } from "../support/answers.ts";
import { type Program, startProgram } from "../support/program.ts";

/** A network that is slow, cuts everything into small pieces at odd times, and at last lets nothing through. */

setDefaultTimeout(120_000);

/** A way through such a network to a port of this machine. */
interface Relay {
  readonly port: number;
  /** From now on nothing passes, and nobody is told. */
  part(): void;
  stop(): void;
}

/** The longest that a piece is held back, in milliseconds. */
const MOST_DELAY = 40;

async function startRelay(target: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let isParted = false;
  let turn = 1;
  /** Odd, but the same in each run. */
  const odd = (most: number) => {
    turn = (turn * 48_271) % 2_147_483_647;
    return turn % most;
  };

  /** Hands on in order what comes, in pieces, each after a while of its own. */
  const drip = (from: Socket, to: Socket) => {
    let last = Promise.resolve();
    from.on("data", (bytes: Buffer) => {
      for (let rest = bytes; rest.length > 0; ) {
        const size = 1 + odd(900);
        const piece = rest.subarray(0, size);
        rest = rest.subarray(size);
        last = last.then(async () => {
          await Bun.sleep(odd(MOST_DELAY));
          if (!isParted) to.write(piece);
        });
      }
    });
    from.on("end", () => void last.then(() => isParted || to.end()));
    from.on("error", () => undefined);
    from.on("close", () => isParted || to.destroySoon());
  };
  const server: Server = createServer((caller) => {
    const callee = connect(target, "127.0.0.1");
    sockets.add(caller).add(callee);
    drip(caller, callee);
    drip(callee, caller);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    part: () => {
      isParted = true;
    },
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

let sandbox: Sandbox;
let program: Program;
beforeAll(async () => {
  sandbox = startSandbox();
  program = await startProgram({ args: ["--gap-timeout", "8"] });
});
afterAll(async () => {
  await program.stop();
  await sandbox.stop();
});

test("on both sides of the server, nothing is lost, twice there or out of order", async () => {
  const [before, behind] = await Promise.all([startRelay(program.port), startRelay(sandbox.port)]);
  const numbers = Array.from({ length: 200 }, (_, i) => `tok-${String(i + 1).padStart(4, "0")} `).join("");
  const url = `http://127.0.0.1:${behind.port}/v1`;
  const host = { headers: { host: `127.0.0.1:${program.port}` } };
  const through = { url: `http://127.0.0.1:${before.port}` };
  await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      const provider = i % 2 === 0 ? "openai" : "anthropic";
      const body = chatBody(url, "demo-numbered-200-400", { provider });
      const answer = readNativeStream(await (await post(through, CHAT, body, host)).text());
      expect([answer.text, answer.error]).toEqual([numbers, undefined]);
      const summary = await post(through, SUMMARIZE, body, host);
      expect(await summary.json()).toMatchObject({ success: true, summary: numbers });
    }),
  );
  before.stop();
  behind.stop();
});

test("a network that lets nothing through any more ends an answer by a timeout, with all that came", async () => {
  const relay = await startRelay(sandbox.port);
  const response = await post(
    program,
    CHAT,
    chatBody(`http://127.0.0.1:${relay.port}/v1`, "demo-numbered-5000-20"),
  );
  let text = "";
  for await (const bytes of response.body ?? []) {
    text += new TextDecoder().decode(bytes);
    if (text.includes("tok-0020")) relay.part();
  }
  const answer = readNativeStream(text);
  expect(answer.error?.type).toBe("timeout");
  const numbers = answer.text.trim().split(" ");
  expect(numbers.length).toBeGreaterThanOrEqual(20);
  expect(numbers).toEqual(numbers.map((_, i) => `tok-${String(i + 1).padStart(4, "0")}`));
  relay.stop();
});
