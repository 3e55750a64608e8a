/** The clients of the soak. */

import { connect, type Socket } from "node:net";
import { now, offer } from "./child-process.ts";
import { NumberedReader } from "./numbered-reader.ts";

interface Target {
  readonly port: number;
  /** The bytes of the request. `{id}` in it stands for a number that no other request has. */
  readonly request: string;
}

/** Requests are numbered with as many digits each, so that their length is always the same. */
const DIGITS = 9;
let lastId = 0;
const held = new Set<Socket>();

interface Client {
  readonly socket: Socket;
  readonly id: string;
  /** Settles when such text has come, or the connection has ended: then with false. */
  has(text: string): Promise<boolean>;
  readonly closed: Promise<void>;
  text(): string;
}

function open({ port, request }: Target, listen?: (bytes: Buffer) => void): Client {
  const id = String(++lastId).padStart(DIGITS, "0");
  const socket = connect(port, "127.0.0.1");
  let text = "";
  let wanted: { text: string; found(is: boolean): void } | undefined;
  const closed = new Promise<void>((done) => socket.on("close", () => done()));
  socket.setNoDelay(true);
  socket.on("error", () => undefined);
  socket.on("data", (bytes: Buffer) => {
    if (listen !== undefined) return listen(bytes);
    text += bytes.toString("latin1");
    if (wanted !== undefined && text.includes(wanted.text)) wanted.found(true);
  });
  closed.then(() => wanted?.found(false));
  socket.write(request.replace("{id}", id));
  const has = (part: string) =>
    new Promise<boolean>((found) => {
      if (text.includes(part)) found(true);
      else if (socket.destroyed) found(false);
      else wanted = { text: part, found };
    });
  return { socket, id, has, closed, text: () => text };
}

/** So many at once, until all have been done. */
async function each(count: number, atOnce: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
}

/** Requests that the provider has, and who waits for one to get there. */
const arrived = new Set<string>();
const awaited = new Map<string, () => void>();

function arrival(id: string): Promise<void> {
  if (arrived.delete(id)) return Promise.resolve();
  return new Promise((there) => awaited.set(id, there));
}

function tellArrival(id: string): void {
  const there = awaited.get(id);
  if (there === undefined) arrived.add(id);
  awaited.delete(id);
  there?.();
}

export interface Departure {
  readonly target: Target;
  readonly count: number;
  readonly atOnce: number;
  /** What must have come before the client goes; unless said, the provider must have its request. */
  readonly after?: string;
  /** How long it waits then, in milliseconds. */
  readonly waits: number;
  /** It stops reading before it waits. */
  readonly stalls?: true;
}

const calls = {
  /** Listens to the provider, which tells which requests it has. */
  watch(port: number): void {
    let text = "";
    connect(port, "127.0.0.1").on("data", (bytes: Buffer) => {
      const lines = (text + bytes.toString("latin1")).split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) tellArrival(line.split(".")[0] ?? "");
    });
  },

  /** Reads so many numbered streams at once, to their ends. */
  async streams({ target, count, tokens }: { target: Target; count: number; tokens: number }) {
    const delays: number[] = [];
    const wrong: string[] = [];
    let received = 0;
    await Promise.all(
      Array.from({ length: count }, async () => {
        const reader = new NumberedReader((sentAt) => {
          received++;
          // One in twenty is enough to know how late they are.
          if (received % 20 === 0) delays.push(now() - sentAt);
        });
        const { socket, closed } = open(target, (bytes) => {
          if (reader.feed(bytes.toString("latin1"))) socket.destroy();
        });
        await closed;
        const complaint = reader.complaint(tokens);
        if (complaint !== undefined) wrong.push(complaint);
      }),
    );
    return { received, wrong, delays };
  },

  /** Asks and leaves, half of the clients with a reset. Gives when each left. */
  async departures({
    target,
    count,
    atOnce,
    after,
    waits,
    stalls,
  }: Departure): Promise<[id: string, left: number][]> {
    const gone: [string, number][] = [];
    arrived.clear();
    await each(count, atOnce, async (index) => {
      const { socket, id, has, closed } = open(target);
      if (after === undefined) await Promise.race([arrival(id), closed]);
      else if (!(await has(after))) return;
      if (stalls) socket.pause();
      if (waits > 0) await Bun.sleep(waits);
      gone.push([id, now()]);
      if (index % 2 === 0) socket.destroy();
      else socket.resetAndDestroy();
      await closed;
    });
    return gone;
  },

  /** Opens so many and keeps them, once each has got such a text. Gives how many did not. */
  async hold({
    target,
    count,
    until,
    stalls,
  }: {
    target: Target;
    count: number;
    until: string;
    stalls?: true;
  }): Promise<number> {
    let refused = 0;
    await each(count, 100, async () => {
      const { socket, has } = open(target);
      if (!(await has(until))) refused++;
      if (stalls) socket.pause();
      held.add(socket);
      socket.on("close", () => held.delete(socket));
    });
    return refused;
  },

  /** How many of those that are kept are still open, as far as this side knows. */
  held: (): number => held.size,

  letGo(): void {
    for (const socket of held) socket.destroy();
  },

  /**
   * Opens connections that say a character a second and never all, and asks good requests meanwhile.
   * Gives how long each connection was kept, and how long each good request took, in milliseconds.
   */
  async dribble({
    starts,
    good,
    count,
    forMs,
  }: {
    starts: readonly Target[];
    good: Target;
    count: number;
    forMs: number;
  }) {
    const kept: number[] = [];
    const open_ = new Set<Client>();
    await each(count, 200, async (index) => {
      const client = open(starts[index % starts.length] ?? good);
      const started = now();
      open_.add(client);
      client.closed.then(() => {
        open_.delete(client);
        kept.push(now() - started);
      });
    });
    const timer = setInterval(() => {
      for (const { socket } of open_) socket.write("x");
    }, 1_000);
    const took: number[] = [];
    let failed = 0;
    const until = now() + forMs;
    while (now() < until && open_.size > 0) {
      const started = now();
      const { socket, has } = open(good);
      if (await has("[DONE]")) took.push(now() - started);
      else failed++;
      socket.destroy();
      await Bun.sleep(20);
    }
    clearInterval(timer);
    const stillOpen = open_.size;
    for (const { socket } of open_) socket.destroy();
    return { kept, took, failed, stillOpen };
  },

  /** One request that is read to the end of its answer: the last of what came. */
  async ending({ target, waits }: { target: Target; waits: number }): Promise<string> {
    let last = "";
    const over = Promise.withResolvers<void>();
    const { socket, closed } = open(target, (bytes) => {
      last = (last + bytes.toString("latin1")).slice(-2_000);
      if (last.includes("[DONE]") || last.includes('"retryable"')) over.resolve();
    });
    await Promise.race([over.promise, closed, Bun.sleep(waits)]);
    socket.destroy();
    return last;
  },

  /** One request, and all that comes back within a time. */
  async once({ target, until, waits }: { target: Target; until: string; waits: number }): Promise<string> {
    const { socket, has, text } = open(target);
    await Promise.race([has(until), Bun.sleep(waits)]);
    socket.destroy();
    return text();
  },
};

export type LoadCalls = typeof calls;
offer(calls);
