import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chatBody, post, readRefusal, SESSION, SUMMARIZE } from "../support/answers.ts";
import { closingWith, REASON, refusalDelta, toolCall } from "../support/finish-reasons.ts";
import { type Program, startProgram } from "../support/program.ts";
import { FRAMES, PROTOCOLS, type ProtocolName } from "../support/streams.ts";
import { summaryStream } from "../support/summaries.ts";
import { type OddReply, startingProviders } from "../support/window-provider.ts";

/** What is no summary (docs/protocol.md 3): an error with a real status, never a success. */

setDefaultTimeout(60_000);

let program: Program;
const providers = startingProviders({ window: 200_000 });
beforeAll(async () => {
  program = await startProgram({ args: ["--retries", "0"] });
});
afterAll(async () => {
  await program.stop();
  await providers.stop();
});

const TALK = [
  { role: "system", content: "You are a travel agent." },
  { role: "user", content: "My name is Ada and I want to go to Lisbon." },
  { role: "assistant", content: "Then May is the best month." },
];

function asking(protocol: ProtocolName, reply: OddReply) {
  const provider = providers.start({ protocol, reply: () => reply });
  const model = protocol === "openai" ? "gpt-4o" : "claude-sonnet-4-5";
  return chatBody(provider.url, model, { provider: protocol, messages: TALK });
}

describe.each(PROTOCOLS)("%s", (protocol) => {
  const reason = REASON[protocol];
  const closing = (raw: string) => closingWith(protocol, raw);
  const flaws: readonly (readonly [what: string, reply: OddReply, words: RegExp])[] = [
    ["is empty", {}, /is empty/],
    ["is white space", { texts: [" ", "\n\n"] }, /is empty/],
    ["was cut for length", { texts: ["Half"], closing: closing(reason.length) }, /length limit/],
    ["was filtered or refused", { texts: ["No"], closing: closing(reason.filter) }, /filter|refused/],
    ["calls a tool", { texts: ["So"], closing: toolCall(protocol) + closing(reason.tool) }, /call of a tool/],
    [
      "calls one and stops",
      { texts: ["So"], closing: toolCall(protocol) + closing(reason.stop) },
      /call of a tool/,
    ],
  ];

  test.each(flaws)("where the answer %s: 502 bad_output", async (_, reply, words) => {
    const response = await post(program, SUMMARIZE, asking(protocol, reply));
    const { status, error, session } = await readRefusal(response);
    expect([status, error.type, session]).toEqual([502, "bad_output", SESSION]);
    expect(error.message).toMatch(words);
  });

  test("where the answer breaks off: 502 incomplete", async () => {
    const response = await post(program, SUMMARIZE, asking(protocol, { texts: ["Half"], closing: "" }));
    const { status, error } = await readRefusal(response);
    expect([status, error.type]).toEqual([502, "incomplete"]);
  });

  test("as a stream: what came, one error line, the session's line, the end", async () => {
    const body = asking(protocol, { texts: ["Half ", "of it"], closing: FRAMES[protocol].error });
    const stream = await summaryStream(program, body);
    expect(stream).toMatchObject({ content: "Half of it", answer: undefined, session: SESSION });
    expect(stream.error?.type).toBe("overloaded");
  });

  test("as a stream that was cut for length: an error line", async () => {
    const body = asking(protocol, { texts: ["Half"], closing: closing(reason.length) });
    const stream = await summaryStream(program, body);
    expect(stream).toMatchObject({ content: "Half", answer: undefined, error: { type: "bad_output" } });
  });

  test("as a stream, before it began: a real status", async () => {
    const body = asking(protocol, { status: 401, error: { error: { message: "Bad key." } } });
    const response = await post(program, SUMMARIZE, body, { headers: { accept: "text/event-stream" } });
    const { status, error } = await readRefusal(response);
    expect([status, error.type]).toEqual([401, "authentication"]);
  });
});

test("a refusal that has text of its own is no summary", async () => {
  const body = asking("openai", {
    texts: ["Well, "],
    closing: refusalDelta() + closingWith("openai", "stop"),
  });
  const { status, error } = await readRefusal(await post(program, SUMMARIZE, body));
  expect([status, error.type]).toEqual([502, "bad_output"]);
  expect(error.message).toMatch(/refused by the model/);
});

test("an answer that the provider reports as broken off is no summary", async () => {
  const closing = closingWith("openai", "insufficient_system_resource");
  const { error } = await readRefusal(
    await post(program, SUMMARIZE, asking("openai", { texts: ["Half"], closing })),
  );
  expect(error.type).toBe("incomplete");
});

describe("what cannot be summarized is refused with its field, and nobody is asked", () => {
  const messages = TALK;
  test.each([
    ["only system messages", { messages: TALK.slice(0, 1) }, "messages"],
    ["all kept", { messages, keep_last: 2 }, "keep_last"],
    ["more kept than there are", { messages, keep_last: 999 }, "keep_last"],
    ["a negative number to keep", { messages, keep_last: -1 }, "keep_last"],
    ["stream_options, which only chats have", { messages, stream_options: {} }, "stream_options"],
    ["a setting that the provider does not take", { messages, temperature: 3 }, "temperature"],
  ])("%s", async (_, more, param) => {
    const provider = providers.start();
    const response = await post(program, SUMMARIZE, chatBody(provider.url, "gpt-4o", more));
    const { status, error } = await readRefusal(response);
    expect([status, error.type, error.param]).toEqual([422, "invalid_request", param]);
    expect([provider.asked.length, provider.complaints.length]).toEqual([0, 0]);
  });
});
