import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { CHAT, chatBody, post, readNativeStream, readRefusal, SUMMARIZE } from "../support/answers.ts";
import { type Program, startProgram } from "../support/program.ts";
import {
  CHUNKED_HEAD,
  chunk,
  STREAM_HEAD,
  type StandIn,
  startStandIn,
  type Visit,
} from "../support/stand-in.ts";
import { PROTOCOLS, type ProtocolName, wholeStream } from "../support/streams.ts";

/**
 * A stream cut at every byte and in every way in which a connection can end. Whatever text came must be there, to the
 * letter, and an answer is a success only if the provider has said that it is finished.
 */

setDefaultTimeout(120_000);

/** How many cuts are tried at once. */
const AT_ONCE = 16;

const STREAMS = Object.fromEntries(
  PROTOCOLS.map((protocol) => [
    protocol,
    Buffer.from(wholeStream(protocol, ["Zürich, ", '"quoted"\n', "日本 🌍"])),
  ]),
);

const WAYS = {
  "closed without a word": (bytes: Uint8Array, { socket }: Visit) =>
    socket.end(Buffer.concat([Buffer.from(STREAM_HEAD), bytes])),
  // Not in the same moment: then the runtime may lose what came (a known fault, streams.test.ts).
  "closed in the middle of chunks": (bytes: Uint8Array, { socket }: Visit) =>
    socket.write(
      Buffer.concat([Buffer.from(CHUNKED_HEAD), ...(bytes.length === 0 ? [] : [chunk(bytes)])]),
      () => setTimeout(() => socket.end(), 300),
    ),
  "the last chunk sent": (bytes: Uint8Array, { socket }: Visit) =>
    socket.write(
      Buffer.concat([
        Buffer.from(CHUNKED_HEAD),
        ...(bytes.length === 0 ? [] : [chunk(bytes)]),
        Buffer.from("0\r\n\r\n"),
      ]),
    ),
} as const;
type Way = keyof typeof WAYS;

let program: Program;
let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn((visit) => {
    const [protocol, way, length] = JSON.parse(JSON.parse(visit.body).model) as [ProtocolName, Way, number];
    WAYS[way](STREAMS[protocol]?.subarray(0, length) ?? new Uint8Array(), visit);
  });
  program = await startProgram({ args: ["--retries", "0"] });
});
afterAll(async () => {
  await program.stop();
  await standIn.stop();
});

/**
 * What must have come through of a stream cut there, found without any of the program's own code: the text of every
 * data line whose JSON is whole, and whether one of them is the provider's finish signal.
 */
function promised(protocol: ProtocolName, length: number): { text: string; finished: boolean } {
  const lines = (STREAMS[protocol] ?? Buffer.alloc(0)).subarray(0, length).toString("utf8").split("\n");
  let text = "";
  let finished = false;
  for (const line of lines.filter((one) => one.startsWith("data: "))) {
    let json: ReturnType<typeof JSON.parse>;
    try {
      json = JSON.parse(line.slice(6));
    } catch {
      finished ||= line === "data: [DONE]";
      continue;
    }
    const [choice] = json.choices ?? [];
    text += choice?.delta?.content ?? json.delta?.text ?? "";
    finished ||= choice?.finish_reason === "stop" || json.type === "message_stop";
  }
  return { text, finished };
}

async function everyCut(protocol: ProtocolName, check: (length: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let length = next++; length <= (STREAMS[protocol]?.length ?? 0); length = next++)
      await check(length);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

describe.each(PROTOCOLS)("%s", (provider) => {
  describe.each(Object.keys(WAYS) as Way[])("%s", (way) => {
    const ask = (path: string, length: number) =>
      post(program, path, chatBody(standIn.url, JSON.stringify([provider, way, length]), { provider }));

    test("a chat", async () => {
      await everyCut(provider, async (length) => {
        const { text, finished } = promised(provider, length);
        const response = await ask(CHAT, length);
        if (text === "" && !finished) {
          const { status, error } = await readRefusal(response);
          expect([length, status, error.type]).toEqual([length, 502, "incomplete"]);
        } else {
          const answer = readNativeStream(await response.text());
          expect([length, answer.text, answer.error?.type]).toEqual([
            length,
            text,
            finished ? undefined : "incomplete",
          ]);
        }
      });
    });

    test("a summary", async () => {
      await everyCut(provider, async (length) => {
        if (length % 5 !== 0) return;
        const { text, finished } = promised(provider, length);
        const response = await ask(SUMMARIZE, length);
        if (finished) expect(await response.json()).toMatchObject({ success: true, summary: text });
        else expect((await readRefusal(response)).error.type).toBe("incomplete");
      });
    });
  });
});

test("a stream that comes byte by byte is the same stream", async () => {
  const dribbling = await startStandIn(({ socket, path }) => {
    const bytes = STREAMS[path.endsWith("/messages") ? "anthropic" : "openai"] ?? new Uint8Array();
    socket.setNoDelay(true);
    socket.write(CHUNKED_HEAD);
    let at = 0;
    const next = () => {
      if (at === bytes.length) return socket.write("0\r\n\r\n");
      socket.write(chunk(bytes.subarray(at, ++at)), () => setImmediate(next));
      return true;
    };
    next();
  });
  for (const provider of PROTOCOLS) {
    const answer = readNativeStream(
      await (await post(program, CHAT, chatBody(dribbling.url, "any", { provider }))).text(),
    );
    expect([answer.text, answer.error]).toEqual([
      promised(provider, Number.POSITIVE_INFINITY).text,
      undefined,
    ]);
  }
  await dribbling.stop();
});
