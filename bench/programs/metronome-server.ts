/**
 * A provider for what the sandbox cannot tell: it writes each token the moment it is due, with that moment in it, and
 * says when a caller left. Bare sockets, so that it costs little beside what is measured.
 *
 *   paced-<tokens>-<rate>   numbered and stamped tokens, so many a second
 *   bursts-<tokens>-<rate>  the same, but some beats stay empty and others bring several
 *   quiet-<name>            one token, then nothing for ever
 *   GET /left-<name>        settles when the caller has left that quiet stream: with the moment
 */
import type { Socket } from "bun";
import { microseconds } from "../shared-clock.ts";
import { Wheel } from "./timing-wheel.ts";

interface Caller {
  request: string;
  /** The name of the quiet stream. */
  quiet: string | undefined;
  /** Ends the beat of the paced one. */
  stop: (() => void) | undefined;
}

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
const CHUNK =
  '"object":"chat.completion.chunk","created":1760000000,"model":"metronome","service_tier":"default","system_fingerprint":"fp_metronome"';

const wheel = new Wheel();
/** When callers left, and who waits to be told, by the name of the stream. */
const moments = new Map<string, number>();
const listeners = new Map<string, Socket<Caller>>();

const server = Bun.listen<Caller>({
  hostname: "127.0.0.1",
  port: 0,
  socket: {
    open(socket) {
      socket.data = { request: "", quiet: undefined, stop: undefined };
      socket.setNoDelay(true);
    },
    data(socket, bytes) {
      socket.data.request += bytes.toString("latin1");
      if (isWhole(socket.data.request)) answer(socket);
    },
    close({ data }) {
      data.stop?.();
      if (data.quiet === undefined) return;
      moments.set(data.quiet, microseconds());
      tellOf(data.quiet);
    },
  },
});
console.log(`http://127.0.0.1:${server.port}`);

function isWhole(request: string): boolean {
  const head = request.indexOf("\r\n\r\n");
  if (head === -1) return false;
  return request.length >= head + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(request)?.[1] ?? 0);
}

function answer(socket: Socket<Caller>): void {
  const { request } = socket.data;
  socket.data.request = "";
  const awaited = /^GET \/left-(\w+)/.exec(request)?.[1];
  if (awaited !== undefined) {
    listeners.set(awaited, socket);
    return tellOf(awaited);
  }
  const quiet = /"model":"quiet-(\w+)"/.exec(request)?.[1];
  if (quiet !== undefined) {
    socket.data.quiet = quiet;
    return void socket.write(HEAD + chunk(token(1)));
  }
  const [, way, tokens, rate] = /"model":"(paced|bursts)-(\d+)-(\d+)"/.exec(request) ?? [];
  pace(socket, Number(tokens), Number(rate), way === "bursts" ? BURSTS : [1]);
}

/** Tokens of one beat after the other, one on average: as inference servers and networks bunch them. */
const BURSTS = [1, 0, 3, 0, 0, 2, 1, 0, 2, 1];

function pace(socket: Socket<Caller>, tokens: number, rate: number, pattern: readonly number[]): void {
  let number = 1;
  let beats = 0;
  socket.write(HEAD + chunk(token(number)));
  const beat = () => {
    let due = pattern[beats++ % pattern.length] ?? 0;
    while (due-- > 0 && number < tokens) socket.write(chunk(token(++number)));
    if (number < tokens) return;
    socket.data.stop?.();
    socket.data.stop = undefined;
    socket.write(`${chunk(end())}0\r\n\r\n`);
  };
  socket.data.stop = wheel.add(1_000 / rate, beat);
}

/** A token with its number and the moment of its writing, always of the same length. */
function token(number: number): string {
  const text = `tok-${String(number).padStart(4, "0")} ${String(Math.floor(microseconds())).padStart(16, "0")} `;
  return `data: {"id":"chatcmpl-1",${CHUNK},"choices":[{"index":0,"delta":{"content":"${text}"},"logprobs":null,"finish_reason":null}]}\n\n`;
}

function end(): string {
  return `data: {"id":"chatcmpl-1",${CHUNK},"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`;
}

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

function tellOf(stream: string): void {
  const listener = listeners.get(stream);
  const moment = moments.get(stream);
  if (listener === undefined || moment === undefined) return;
  listeners.delete(stream);
  moments.delete(stream);
  const text = String(Math.floor(moment));
  listener.write(`HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
}
