/**
 * The provider of the soak: it does what the first part of the path says, and notes when its callers go.
 * `/<play>/<id>/v1/chat/completions`
 */
import { createServer, type Server, type Socket } from "node:net";
import { gzipBomb } from "../../src/sandbox/gzip-bomb.ts";
import { CHUNKED_HEAD, chunk } from "../../tests/support/stand-in.ts";
import { FRAMES } from "../../tests/support/streams.ts";
import { now, offer } from "./child-process.ts";

const { opening, text, closing } = FRAMES.openai;
const HEAD = Buffer.from(CHUNKED_HEAD);
const BEGIN = Buffer.concat([HEAD, chunk(opening + text("Hello "))]);
const MORE = chunk(text("more "));
const FLOOD = chunk(text("x".repeat(16_384)));
const WHOLE = Buffer.concat([HEAD, chunk(opening + text("Hello") + closing), Buffer.from("0\r\n\r\n")]);

/** A line that never ends, and 1 GiB packed into 1 MB. */
const LINE = chunk("a".repeat(16_384));
const BOMB = Buffer.concat([
  Buffer.from(CHUNKED_HEAD.replace("\r\n\r\n", "\r\ncontent-encoding: gzip\r\n\r\n")),
  chunk(await gzipBomb().bytes()),
  Buffer.from("0\r\n\r\n"),
]);

/** How often a numbered stream has its next token, in milliseconds: fifty times a second. */
const TICK_MS = 20;
const FLOW_MS = 10;

interface Numbered {
  readonly socket: Socket;
  readonly tokens: number;
  sent: number;
}

const open = new Map<string, number>();
let ended: [id: string, arrived: number, closed: number][] = [];
let requests = 0;
const numbered = new Set<Numbered>();
const flowing = new Set<Socket>();

/** Tokens are due by the clock: a timer that comes late sends what it has missed. */
let ticks = 0;
const started = performance.now();
setInterval(() => {
  const due = Math.floor((performance.now() - started) / TICK_MS);
  for (; ticks < due; ticks++) for (const stream of numbered) advance(stream);
}, TICK_MS / 2);
setInterval(() => {
  for (const socket of flowing) socket.write(MORE);
}, FLOW_MS);

function advance(stream: Numbered): void {
  const { socket, tokens } = stream;
  socket.write(chunk(text(`${++stream.sent}@${now().toFixed(1)} `)));
  if (stream.sent < tokens) return;
  numbered.delete(stream);
  socket.write(Buffer.concat([chunk(closing), Buffer.from("0\r\n\r\n")]));
}

function flood(socket: Socket, begin: Uint8Array, more: Uint8Array): void {
  socket.write(begin);
  const write = () => {
    while (!socket.destroyed && socket.write(more));
  };
  socket.on("drain", write);
  write();
}

const PLAYS: Readonly<Record<string, (socket: Socket, option: number) => void>> = {
  whole: (socket) => void socket.write(WHOLE),
  headers: () => undefined,
  event: (socket) => void socket.write(HEAD),
  silence: (socket) => void socket.write(BEGIN),
  flow(socket) {
    socket.write(BEGIN);
    flowing.add(socket);
    socket.on("close", () => flowing.delete(socket));
  },
  flood: (socket) => flood(socket, BEGIN, FLOOD),
  line: (socket) => flood(socket, Buffer.concat([BEGIN, chunk('data: {"')]), LINE),
  bomb: (socket) => void socket.write(BOMB),
  numbered(socket, tokens) {
    socket.write(Buffer.concat([HEAD, chunk(opening)]));
    const stream = { socket, tokens, sent: 0 };
    numbered.add(stream);
    socket.on("close", () => numbered.delete(stream));
  },
};

const server = createServer((socket) => {
  let request = "";
  socket.setNoDelay(true);
  socket.on("error", () => undefined);
  socket.on("data", (part: Buffer) => {
    request += part.toString("latin1");
    const end = request.indexOf("\r\n\r\n");
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(request)?.[1] ?? 0);
    if (end === -1 || request.length < end + 4 + length) return;
    const [, play = "", id = "", option = "0"] = request.slice(0, request.indexOf(" HTTP/")).split("/");
    request = "";
    requests++;
    PLAYS[play]?.(socket, Number(option));
    // A summary in parts asks more than once.
    if (play !== "whole") note(socket, `${id}.${requests}`);
  });
});

/** Whoever wants to know which requests have come: a line for each. */
const watchers = new Set<Socket>();
const watched = createServer((socket) => {
  watchers.add(socket);
  socket.setNoDelay(true);
  socket.on("error", () => watchers.delete(socket));
  socket.on("close", () => watchers.delete(socket));
});

function note(socket: Socket, id: string): void {
  const arrived = now();
  for (const watcher of watchers) watcher.write(`${id}\n`);
  open.set(id, arrived);
  socket.once("close", () => {
    open.delete(id);
    ended.push([id, arrived, now()]);
  });
}

for (const each of [server, watched]) {
  await new Promise<void>((listening) => each.listen(0, "127.0.0.1", 1_024, listening));
}

function portOf(listener: Server): number {
  const bound = listener.address();
  return typeof bound === "object" && bound !== null ? bound.port : 0;
}

const calls = {
  ports: () => ({ provider: portOf(server), watched: portOf(watched) }),
  /** Requests whose connection is open. */
  open: (): number => open.size,
  requests: (): number => requests,
  /** Requests whose connection has closed since the last call: which, when they came, when they closed. */
  ended: (): [id: string, arrived: number, closed: number][] => {
    const taken = ended;
    ended = [];
    return taken;
  },
};

export type ProviderCalls = typeof calls;
offer(calls);
