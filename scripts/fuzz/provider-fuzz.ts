/** Hostile answers of providers, over sockets, and what the program makes of them. */

import { createServer, type Socket } from "node:net";
import fc from "fast-check";
import { CHAT, chatBody, readNativeStream, SESSION, SUMMARIZE } from "../../tests/support/answers.ts";
import { startServer, watcher } from "./fuzzed-programs.ts";
import { isPlain, type Script, scripts, textBefore } from "./provider-scripts.ts";
import { KEY } from "./request-bodies.ts";
import { count, type Part, promise } from "./run-inputs.ts";
import { ask, checkAnswer, type Reply } from "./socket-request.ts";

/** In milliseconds; the program's timeouts are three seconds. */
const PATIENCE = 20_000;

interface Input {
  readonly script: Script;
  readonly path: string;
}

const inputs: fc.Arbitrary<Input> = fc
  .record({
    script: scripts,
    path: fc.constantFrom(CHAT, CHAT, CHAT, CHAT, SUMMARIZE, "/v1/chat/models"),
  })
  // The timeout of lists of models has no setting, and takes too long here.
  .map((input) => (input.script.fault === "silence" ? { ...input, path: CHAT } : input));

/** A listener that finds in the path of each request which script to follow. */
async function startProvider(follow: (id: number) => Script | undefined) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    let text = "";
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    socket.on("data", (part: Buffer) => {
      text += part.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (end === -1 || text.length < end + 4 + length) return;
      const id = Number(/^\w+ \/(\d+)\//.exec(text)?.[1]);
      text = text.slice(end + 4 + length);
      const script = follow(id);
      if (script !== undefined) void play(script, id, socket);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port, stop };
}

async function play(script: Script, id: number, socket: Socket): Promise<void> {
  const bytes = script.bytes(id);
  // What stands behind an answer must come with it: later, nobody could tell it from the next one.
  const cuts = (script.fault.endsWith("behind the end") ? [] : script.cuts)
    .map((cut) => Math.floor((cut / 1_000_000) * bytes.length))
    .sort((a, b) => a - b);
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    if (socket.destroyed) return;
    socket.write(bytes.subarray(from, to));
    from = to;
    await new Promise(setImmediate);
  }
  if (script.fault === "reset") socket.resetAndDestroy();
  // Not in the same moment as the bytes: then the runtime's fetch may lose them (docs/reliability.md).
  else if (script.fault === "closed") setTimeout(() => socket.end(), 400);
  else if (script.framing === "close" && script.fault !== "silence") socket.end();
  // Mutated bytes may promise more than there is; timeouts have a test of their own in "silence".
  else if (script.fault === "mutated") setTimeout(() => socket.destroy(), 20);
}

export async function openProvider(): Promise<Part<Input> & { stop(): Promise<void> }> {
  const playing = new Map<number, Script>();
  const tally = new Map<string, number>();
  // Connections are kept for the next request, which may meet what the last one left behind: to each its own.
  const [well, badly, anyhow] = await Promise.all(
    [1, 2, 3].map(() => startProvider((id) => playing.get(id))),
  );
  promise(well !== undefined && badly !== undefined && anyhow !== undefined, "no provider");
  const providerOf = (script: Script) => {
    if (!isPlain(script) || script.fault === "mutated") return anyhow;
    return script.fault === "none" || script.fault === "trailers" ? well : badly;
  };
  const program = await startServer();
  let next = 1;

  const tryOne = async ({ script, path }: Input) => {
    const id = next++;
    playing.set(id, script);
    const reply = await ask(
      program.port,
      request(program.port, path, providerOf(script).port, id, script),
      PATIENCE,
    );
    playing.delete(id);
    count(tally, outcome(reply));
    promise(!reply.raw.includes(KEY), () => `the key comes back: ${reply.raw}`);
    checkAnswer(reply, true);
    promise(reply.headers["x-session-id"] === SESSION, "the session is not in the header");
    promise(!/<stray>/.test(reply.raw), "bytes behind an answer came to someone else");
    // Mutated bytes may hold any number.
    for (const [, other] of script.fault === "mutated" ? [] : reply.raw.matchAll(/<(\d+):/g)) {
      promise(Number(other) === id, () => `${id} got words of ${other}`);
    }
    if (path === CHAT && isPlain(script) && script.fault !== "mutated") checkOutcome(script, id, reply);
  };

  return {
    name: "provider",
    inputs,
    atOnce: 24,
    tally,
    try: tryOne,
    after: watcher(program),
    async stop() {
      await program.stop("SIGKILL");
      for (const provider of [well, badly, anyhow]) provider.stop();
    },
  };
}

function request(
  port: number,
  path: string,
  providerPort: number,
  id: number,
  { protocol }: Script,
): Uint8Array {
  const whole: Record<string, unknown> = chatBody(`http://127.0.0.1:${providerPort}/${id}/v1`, "any", {
    api_key: KEY,
    provider: protocol,
  });
  const fields = path.endsWith("models")
    ? ["api_key", "api_base_url", "provider", "session_id"]
    : Object.keys(whole);
  const body = Buffer.from(JSON.stringify(Object.fromEntries(fields.map((name) => [name, whole[name]]))));
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

function outcome({ status, body, headers }: Reply): string {
  if (!headers["content-type"]?.startsWith("text/event-stream")) return String(status);
  return `${status}, ${/"error":\{"type":"(\w+)"/.exec(body)?.[1] ?? "whole"}`;
}

/** What must come of a fault, where it is known. */
const EXPECTED: Readonly<Partial<Record<Script["fault"], string>>> = {
  closed: "incomplete",
  "no JSON": "bad_output",
  error: "overloaded",
  "bad chunk": "bad_output",
  "chunk too short": "bad_output",
  silence: "timeout",
};

/** The text before a fault is kept, to the letter, and the fault is told, once and by its name. */
function checkOutcome(script: Script, id: number, { status, body }: Reply): void {
  const { fault, framing, before, texts } = script;
  const isChunkFault = fault === "bad chunk" || fault === "chunk too short";
  // At a break the runtime drops what it has not handed over (docs/reliability.md, Known gaps).
  const mayLose = fault === "reset" || (fault === "closed" && framing !== "close");
  const isHarmless = isChunkFault && framing !== "chunked";
  const expected = isHarmless ? undefined : EXPECTED[fault];
  if (isChunkFault && framing === "chunked") return checkChunkFault(textBefore(id, texts), { status, body });
  if (status !== 200) {
    promise(expected !== undefined || fault === "reset", () => `${status}: ${body}`);
    const type = JSON.parse(body).error.type;
    promise(fault === "reset" || type === expected, () => `${body} where it should be ${expected}`);
    promise(before === 0 || mayLose, () => `${status} though there was text`);
    return;
  }
  const answer = readNativeStream(body);
  const whole = textBefore(id, expected === undefined ? texts : before);
  if (mayLose) {
    // A reset may overtake what was sent before it.
    promise(whole.startsWith(answer.text) && answer.error?.type !== undefined, () => `a reset: ${body}`);
  } else {
    promise(answer.text === whole, () => `"${answer.text}" where it should be "${whole}"`);
    promise(
      answer.error?.type === expected,
      () => `${JSON.stringify(answer.error)} where it should be ${expected}`,
    );
  }
}

/** Of bytes that come together with what is no HTTP the runtime may hand over none: the fault is told, or all was there. */
function checkChunkFault(all: string, { status, body }: Pick<Reply, "status" | "body">): void {
  if (status !== 200) {
    promise(JSON.parse(body).error.type === "bad_output", () => `${status}: ${body}`);
    return;
  }
  const answer = readNativeStream(body);
  const isWhole = answer.error === undefined && answer.text === all;
  const isTold = answer.error?.type === "bad_output" && all.startsWith(answer.text);
  promise(isWhole || isTold, () => `neither whole nor told: ${body}`);
}
