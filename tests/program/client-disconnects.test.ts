import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { CHAT, chatBody, metric, post, readNativeStream, SUMMARIZE } from "../support/answers.ts";
import { type Program, startProgram } from "../support/program.ts";
import { type HeaderList, type OpenExchange, openExchange, rawRequest } from "../support/raw-http.ts";
import { json } from "../support/raw-request-cases.ts";
import { CHUNKED_HEAD, chunk, type StandIn, startStandIn, type Visit } from "../support/stand-in.ts";
import { FRAMES, PROTOCOLS, type ProtocolName, wholeStream } from "../support/streams.ts";

/**
 * Clients that leave, in every phase, politely or with a reset, one by one and a thousand at once: each time the
 * provider sees its own connection closed, and nothing stays behind. How long that took is printed, not judged.
 */

setDefaultTimeout(120_000);

let program: Program;
let standIn: StandIn;

const begin = (visit: Visit, protocol: ProtocolName) => {
  const { opening, text } = FRAMES[protocol];
  visit.socket.write(Buffer.concat([Buffer.from(CHUNKED_HEAD), chunk(opening + text("Hello "))]));
};

/** More than anyone between here and a reader who stopped can hold. */
const FLOOD = Buffer.from("x".repeat(16_384));

/** What the provider does, by model. Every script lasts until the connection is closed. */
const PLAYS: Readonly<Record<string, (visit: Visit, protocol: ProtocolName) => void>> = {
  "before the headers": () => undefined,
  "before the first event": ({ socket }) => void socket.write(CHUNKED_HEAD),
  "in the middle": (visit, protocol) => {
    begin(visit, protocol);
    const timer = setInterval(() => visit.socket.write(chunk(FRAMES[protocol].text("more "))), 10);
    visit.closed.then(() => clearInterval(timer));
  },
  "in silence": begin,
  "blocked on a reader": (visit, protocol) => {
    begin(visit, protocol);
    const bytes = chunk(FRAMES[protocol].text(FLOOD.toString()));
    const write = () => {
      while (!visit.socket.destroyed && visit.socket.write(bytes));
    };
    visit.socket.on("drain", write);
    write();
  },
  "while an error's body comes": ({ socket }) =>
    void socket.write("HTTP/1.1 400 X\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"),
};

beforeAll(async () => {
  standIn = await startStandIn((visit) => {
    const protocol = visit.path.endsWith("/messages") ? "anthropic" : "openai";
    const { model } = JSON.parse(visit.body);
    if (model === "in parts") PLAYS["in silence"]?.(visit, protocol);
    else PLAYS[model]?.(visit, protocol);
  });
  program = await startProgram({ args: ["--max-answer", "1000000000000"] });
});
afterAll(async () => {
  await program.stop();
  await standIn.stop();
});

/** Whatever has left is no answer that runs. The server notices within a turn or two of its loop. */
async function nothingRuns(): Promise<void> {
  while ((await metric(program, "nash_llm_open_answers")) > 0) await Bun.sleep(10);
}
afterEach(nothingRuns);

function ask(path: string, body: unknown, more: HeaderList = []): Promise<OpenExchange> {
  const text = JSON.stringify(body);
  const headers: HeaderList = [["host", `127.0.0.1:${program.port}`], ...json(text), ...more];
  return openExchange(program.port, rawRequest(`POST ${path} HTTP/1.1`, headers, text));
}

/** The next request for a model. A summary in parts may ask for more of them before its client's leaving is known. */
async function visitFor(model: string): Promise<Visit> {
  for (;;) {
    const visit = await standIn.next();
    if (JSON.parse(visit.body).model === model) return visit;
  }
}

const WAYS = {
  closing: ({ socket }: OpenExchange) => socket.destroy(),
  "closing its sending half": ({ socket }: OpenExchange) => socket.end(),
  "tearing down": ({ socket }: OpenExchange) => socket.resetAndDestroy(),
} as const;

const latencies: number[] = [];

async function leave(visits: readonly Visit[], client: OpenExchange, way: keyof typeof WAYS): Promise<void> {
  const left = performance.now();
  WAYS[way](client);
  for (const { closed } of visits) {
    await closed;
    latencies.push(performance.now() - left);
  }
}

describe.each(PROTOCOLS)("%s", (provider) => {
  describe.each(Object.keys(WAYS) as (keyof typeof WAYS)[])("by %s", (way) => {
    test.each(Object.keys(PLAYS))("%s", async (model) => {
      const client = await ask(CHAT, chatBody(standIn.url, model, { provider }));
      const visit = await visitFor(model);
      if (/middle|silence|blocked/.test(model)) await client.came((text) => text.includes('{"content":'));
      if (model.startsWith("blocked")) {
        client.socket.pause();
        // Until the whole way is full: then the provider can write no more.
        while (!visit.socket.writableNeedDrain) await Bun.sleep(10);
        let written = -1;
        while (written !== visit.socket.bytesWritten) {
          written = visit.socket.bytesWritten;
          await Bun.sleep(100);
        }
        if (way === "closing its sending half") client.socket.destroy();
      }
      await leave([visit], client, way);
    });

    test.each(["application/json", "text/event-stream"])("from a summary as %s", async (accept) => {
      const body = chatBody(standIn.url, "in silence", { provider });
      const client = await ask(SUMMARIZE, body, [["accept", accept]]);
      await leave([await visitFor("in silence")], client, way);
    });

    test.each(["application/json", "text/event-stream"])("from a summary in parts as %s", async (accept) => {
      const messages = Array.from({ length: 40 }, (_, i) => ({
        role: i % 2 === 0 ? "user" : "assistant",
        content: `Message ${i}: ${"some words about nothing. ".repeat(2_000)}`,
      }));
      const body = chatBody(standIn.url, "in parts", { provider, messages });
      const client = await ask(SUMMARIZE, body, [["accept", accept]]);
      // Several parts are asked for at once.
      const visits = [await visitFor("in parts"), await visitFor("in parts")];
      await leave(visits, client, way);
    });
  });
});

test("how long it took", () => {
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(1);
  process.stderr.write(
    `departures: ${sorted.length}, median ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms\n`,
  );
  expect(sorted.length).toBeGreaterThan(50);
});

test("a thousand at once, half of them with a reset, and the server is as well as before", async () => {
  const before = standIn.visits.length;
  const body = chatBody(standIn.url, "in silence");
  for (let round = 0; round < 10; round++) {
    const clients = await Promise.all(Array.from({ length: 100 }, () => ask(CHAT, body)));
    await Promise.all(clients.map(({ came }) => came((text) => text.includes('{"content":'))));
    for (const [i, { socket }] of clients.entries())
      i % 2 === 0 ? socket.destroy() : socket.resetAndDestroy();
  }
  const visits = standIn.visits.slice(before);
  expect(visits.length).toBe(1_000);
  await Promise.all(visits.map(({ closed }) => closed));
  await nothingRuns();

  const healthy = await startStandIn(({ socket }) =>
    socket.write(
      Buffer.concat([
        Buffer.from(CHUNKED_HEAD),
        chunk(wholeStream("openai", ["Hello"])),
        Buffer.from("0\r\n\r\n"),
      ]),
    ),
  );
  expect(readNativeStream(await (await post(program, CHAT, chatBody(healthy.url, "any"))).text()).text).toBe(
    "Hello",
  );
  expect(program.stderr()).not.toContain('"stack"');
  await healthy.stop();
});
