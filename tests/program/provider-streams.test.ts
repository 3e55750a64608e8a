import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Socket } from "node:net";
import {
  CHAT,
  chatBody,
  type ErrorObject,
  post,
  readNativeStream,
  readRefusal,
  SESSION,
  SUMMARIZE,
} from "../support/answers.ts";
import { type Program, startProgram } from "../support/program.ts";
import { CHUNKED_HEAD, chunk, reply, STREAM_HEAD, type StandIn, startStandIn } from "../support/stand-in.ts";
import { FRAMES, PROTOCOLS, type ProtocolName, wholeReply, wholeStream } from "../support/streams.ts";

/** What can go wrong with a stream, byte for byte, in both protocols: for a chat, a summary, and a summary that is watched. */

interface Fault {
  /** Everything that the provider sends after the head of its answer. */
  readonly sends: (protocol: ProtocolName) => string | Uint8Array;
  /** The text that the client must have. */
  readonly text: string;
  /** The type of the error that must follow it, and the status where nothing came before. */
  readonly fails?: { readonly type: string; readonly status: number };
  /** The head of the answer and how it is framed; a chunked stream unless said. */
  readonly framing?:
    | "broken at once"
    | "closed"
    | "cut chunk"
    | "no last chunk"
    | "reset"
    | "short of its length"
    | "json";
}

const TWO = ["Grüße, ", "Welt 🌍"];
const TEXT = TWO.join("");
const INCOMPLETE = { type: "incomplete", status: 502 };
const BAD_OUTPUT = { type: "bad_output", status: 502 };
const OVERLOADED = { type: "overloaded", status: 503 };

const begun = (protocol: ProtocolName) => FRAMES[protocol].opening + TWO.map(FRAMES[protocol].text).join("");
const closing = (protocol: ProtocolName) => FRAMES[protocol].closing;
const whole = (protocol: ProtocolName) => wholeStream(protocol, TWO);

/** A finish, and then something else before the very end. */
function afterFinish(protocol: ProtocolName, more: string): string {
  const end = protocol === "openai" ? "data: [DONE]\n\n" : "event: message_stop\n";
  const stream = whole(protocol);
  const at = stream.lastIndexOf(end);
  return stream.slice(0, at) + more;
}

function withBadUtf8(protocol: ProtocolName): Uint8Array {
  const [before = "", after = ""] = whole(protocol).split("ü");
  return Buffer.concat([Buffer.from(before), Buffer.from([0xff, 0xfe]), Buffer.from(after)]);
}

const FAULTS: Readonly<Record<string, Fault>> = {
  "nothing wrong": { sends: whole, text: TEXT },
  "nothing wrong, ended by closing": { sends: whole, text: TEXT, framing: "closed" },
  "a byte order mark": { sends: (protocol) => `\ufeff${whole(protocol)}`, text: TEXT },
  "lines that end with CR": { sends: (protocol) => whole(protocol).replaceAll("\n", "\r"), text: TEXT },
  "lines that end with CR LF": { sends: (protocol) => whole(protocol).replaceAll("\n", "\r\n"), text: TEXT },
  "comments and pings between": {
    sends: (protocol) => whole(protocol).replaceAll("\n\n", `\n\n${FRAMES[protocol].comment}: x\n\n`),
    text: TEXT,
  },
  "fields nobody knows": {
    sends: (protocol) =>
      `id: 7\nretry: 1\nx: y\n\n${whole(protocol).replaceAll("data: ", "id: 1\nretry: 5\ndata:")}`,
    text: TEXT,
  },
  "frames that hold no object": {
    sends: (protocol) => `data: null\n\ndata: 7\n\ndata: "x"\n\ndata: {}\n\n${whole(protocol)}`,
    text: TEXT,
  },
  "bytes that are no UTF-8": { sends: withBadUtf8, text: TEXT.replace("ü", "\ufffd\ufffd") },
  "no blank line at the end": { sends: (protocol) => whole(protocol).trimEnd(), text: TEXT },
  "frames after the end": { sends: (protocol) => whole(protocol) + begun(protocol), text: TEXT },
  "JSON in place of a stream": {
    sends: (protocol) => wholeReply(protocol, TEXT),
    text: TEXT,
    framing: "json",
  },
  "broken JSON in place of a stream": {
    sends: (protocol) => wholeReply(protocol, TEXT).slice(0, -9),
    text: "",
    fails: BAD_OUTPUT,
    framing: "json",
  },
  "JSON of another kind": { sends: () => '{"hello":"world"}', text: "", fails: BAD_OUTPUT, framing: "json" },
  "an empty stream": { sends: () => "", text: "", fails: INCOMPLETE },
  "a stream of comments alone": { sends: () => ": one\n\n: two\n\n", text: "", fails: INCOMPLETE },
  "no finish": { sends: begun, text: TEXT, fails: INCOMPLETE },
  "no finish, ended by closing": { sends: begun, text: TEXT, fails: INCOMPLETE, framing: "closed" },
  "no last chunk": { sends: begun, text: TEXT, fails: INCOMPLETE, framing: "no last chunk" },
  "a chunk cut short": { sends: begun, text: TEXT, fails: INCOMPLETE, framing: "cut chunk" },
  "fewer bytes than announced": {
    sends: begun,
    text: TEXT,
    fails: INCOMPLETE,
    framing: "short of its length",
  },
  "a connection torn down": { sends: begun, text: TEXT, fails: INCOMPLETE, framing: "reset" },
  "whole, and then torn down": { sends: whole, text: TEXT, framing: "reset" },
  "whole, and no last chunk": { sends: whole, text: TEXT, framing: "no last chunk" },
  "a frame that is not JSON": {
    sends: (protocol) =>
      `${begun(protocol)}data: {"choices":[{"delta":{"content":"lost"\n\n${closing(protocol)}`,
    text: TEXT,
    fails: BAD_OUTPUT,
  },
  "text that is no frame": {
    sends: (protocol) => `${begun(protocol)}data: <html>Bad gateway</html>\n\n${whole(protocol)}`,
    text: TEXT,
    fails: BAD_OUTPUT,
  },
  "an error as the first event": { sends: (protocol) => FRAMES[protocol].error, text: "", fails: OVERLOADED },
  "an error after the opening": {
    sends: (protocol) => FRAMES[protocol].opening + FRAMES[protocol].comment + FRAMES[protocol].error,
    text: "",
    fails: OVERLOADED,
  },
  "an error in the middle": {
    sends: (protocol) => begun(protocol) + FRAMES[protocol].error + closing(protocol),
    text: TEXT,
    fails: OVERLOADED,
  },
  "an error after the finish": {
    sends: (protocol) => afterFinish(protocol, FRAMES[protocol].error),
    text: TEXT,
    fails: OVERLOADED,
  },
  "a line longer than allowed": {
    sends: (protocol) => `${begun(protocol)}data: {"x":"${"a".repeat(5_000)}`,
    text: TEXT,
    fails: BAD_OUTPUT,
  },
  "an event of more lines than allowed": {
    sends: (protocol) => `${begun(protocol)}${`data: ${"a".repeat(90)}\n`.repeat(60)}`,
    text: TEXT,
    fails: BAD_OUTPUT,
  },
  "more bytes than allowed": {
    sends: (protocol) => begun(protocol) + `: ${"a".repeat(1_000)}\n\n`.repeat(80),
    text: TEXT,
    fails: BAD_OUTPUT,
  },
};

/**
 * A known fault: of bytes that come in the same turn of the runtime's loop as the break of their connection its `fetch` may
 * hand over none. The client is told of the break all the same.
 */
const BROKEN_AT_ONCE = "broken at once";
const BREAKING: Fault = { sends: begun, text: TEXT, fails: INCOMPLETE, framing: "broken at once" };

const LIMITS = ["--max-line", "4096", "--max-answer", "65536", "--retries", "0"];

/** Closes a connection when what was sent has been read: what breaks in the same moment is a test of its own. */
function breakLater(socket: Socket, bytes: Uint8Array): void {
  socket.write(bytes, () => setTimeout(() => socket.end(), 300));
}

let program: Program;
let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn(({ body, path, socket }) => {
    const name = String(JSON.parse(body).model).replace("claude-", "");
    const { sends, framing } = name === BROKEN_AT_ONCE ? BREAKING : (FAULTS[name] as Fault);
    const bytes = Buffer.from(sends(path.endsWith("/messages") ? "anthropic" : "openai"));
    if (framing === "json") return socket.write(reply(200, { "content-type": "application/json" }, bytes));
    if (framing === "closed") return socket.end(Buffer.concat([Buffer.from(STREAM_HEAD), bytes]));
    if (framing === "short of its length") {
      const head = `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: ${bytes.length + 9}\r\n\r\n`;
      return breakLater(socket, Buffer.concat([Buffer.from(head), bytes]));
    }
    const sent = Buffer.concat([Buffer.from(CHUNKED_HEAD), chunk(bytes)]);
    if (framing === "cut chunk") return breakLater(socket, Buffer.concat([sent, Buffer.from("ff\r\n: cut")]));
    if (framing === "no last chunk") return breakLater(socket, sent);
    if (framing === "broken at once") return socket.end(sent);
    // The reset must not overtake the bytes.
    if (framing === "reset") return socket.write(sent, () => setTimeout(() => socket.resetAndDestroy(), 500));
    return socket.write(
      Buffer.concat([bytes.length === 0 ? Buffer.from(CHUNKED_HEAD) : sent, Buffer.from("0\r\n\r\n")]),
    );
  });
  program = await startProgram({ args: LIMITS });
});
afterAll(async () => {
  await program.stop();
  await standIn.stop();
});

function ask(provider: ProtocolName, model: string, path: string, accept?: string): Promise<Response> {
  const headers = accept === undefined ? {} : { accept };
  return post(program, path, chatBody(standIn.url, model, { provider }), { headers });
}

/** Failures of which the message must come from this server and not from the provider. */
function checkError(error: ErrorObject | undefined, expected: Fault["fails"]): void {
  expect(error?.type).toBe(expected?.type as string);
  if (error !== undefined) expect(error.message).toMatch(/^[A-Z][^<>]{3,200}\.$/);
}

describe.each(PROTOCOLS)("%s", (provider) => {
  describe.each(Object.entries(FAULTS))("%s", (name, { text, fails }) => {
    test("a chat keeps what came", async () => {
      const response = await ask(provider, name, CHAT);
      expect(response.headers.get("x-session-id")).toBe(SESSION);
      if (fails !== undefined && text === "") {
        const refusal = await readRefusal(response);
        expect([refusal.status, refusal.session]).toEqual([fails.status, SESSION]);
        return checkError(refusal.error, fails);
      }
      expect(response.status).toBe(200);
      const answer = readNativeStream(await response.text());
      expect({ text: answer.text, session: answer.session }).toEqual({ text, session: SESSION });
      checkError(answer.error, fails);
    });

    test("a summary is whole or refused", async () => {
      const response = await ask(provider, name, SUMMARIZE);
      if (fails === undefined) {
        expect(await response.json()).toMatchObject({ success: true, summary: text, session_id: SESSION });
      } else {
        const refusal = await readRefusal(response);
        expect([refusal.status, refusal.session]).toEqual([fails.status, SESSION]);
        checkError(refusal.error, fails);
      }
    });

    test("a summary that is watched ends in one way or the other", async () => {
      const response = await ask(provider, name, SUMMARIZE, "text/event-stream");
      if (fails !== undefined && text === "") {
        expect((await readRefusal(response)).status).toBe(fails.status);
        return;
      }
      const stream = await response.text();
      const blocks = stream.trimEnd().split("\n\n");
      expect(blocks.at(-1)).toBe("data: [DONE]");
      const lines = blocks.slice(0, -1).map((block) => JSON.parse(block.slice("data: ".length)));
      expect(lines.map((line) => line.content ?? "").join("")).toBe(text);
      if (fails === undefined) {
        expect(lines.at(-1)).toMatchObject({ success: true, summary: text, session_id: SESSION });
      } else {
        checkError(lines.at(-2).error, fails);
        expect(lines.at(-1)).toEqual({ session_id: SESSION });
      }
    });
  });
});

test.each(PROTOCOLS)(
  "known fault, %s: text may be lost in the moment of a break, never the error",
  async (provider) => {
    const response = await ask(provider, BROKEN_AT_ONCE, CHAT);
    if (response.status !== 200) return checkError((await readRefusal(response)).error, INCOMPLETE);
    const answer = readNativeStream(await response.text());
    expect(TEXT).toStartWith(answer.text);
    checkError(answer.error, INCOMPLETE);
  },
);
