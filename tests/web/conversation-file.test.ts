import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { FormatRegistry } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import {
  messagesToSend,
  readConversationFile,
  writeConversationFile,
} from "../../src/core/conversation-file.ts";
import { type Conversation, messagesOf, type Turn } from "../../src/web/chat/conversation.ts";
import { exportText, importText } from "../../src/web/chat/transfer.ts";
import { ConversationFileSchema } from "../../src/web/conversation-schema.ts";

FormatRegistry.Set("date-time", (text) => !Number.isNaN(Date.parse(text)));

const SESSION = "3f0c2a7e-5b1d-4f6a-9c8e-2d7b1a6e4f50";

const TURNS: readonly Turn[] = [
  { role: "user", id: "1", text: "ü\u2028 </script>" },
  {
    role: "assistant",
    id: "2",
    text: "An answer",
    reasoning: "because",
    state: "done",
    facts: { model: "m · here", firstTokenMs: 12.5, inputTokens: 3, outputTokens: 4, finishReason: "stop" },
  },
  {
    role: "summary",
    id: "3",
    text: "short",
    messages: [{ role: "assistant", content: "Previous conversation summary:\nshort" }],
    before: 100,
    after: 20,
    estimated: true,
  },
  { role: "user", id: "4", text: "What is it?", images: ["data:image/png;base64,AA=="] },
  {
    role: "assistant",
    id: "5",
    text: "",
    reasoning: "",
    calls: [{ id: "c1", name: "look", arguments: '{"at":1}', result: "a cat" }],
    state: "done",
    facts: { finishReason: "tool_calls" },
  },
  {
    role: "assistant",
    id: "6",
    text: "It is",
    reasoning: "",
    state: "failed",
    facts: {},
    failure: { type: "incomplete", message: "It broke off." },
  },
];

const CONVERSATION: Conversation = {
  id: "abc",
  title: "A title",
  updated: 1_700_000_000_000,
  sessionId: SESSION,
  settings: { system: "Be brief.", temperature: 0.5, maxTokens: 100, effort: "low" },
  turns: TURNS,
};

/** Turns get new names when they are read. */
function unnamed({ turns, ...rest }: Conversation) {
  return { ...rest, turns: turns.map((turn) => ({ ...turn, id: "" })) };
}

describe("the chat page", () => {
  test("reads what it exported as it was", () => {
    const [read] = importText(exportText([CONVERSATION])) ?? [];
    if (read === undefined) throw new Error("Nothing was read.");
    expect(unnamed(read)).toEqual(unnamed(CONVERSATION));
  });

  test("exports what the schema describes, and what goes on as the page itself would", () => {
    const text = exportText([CONVERSATION]);
    expect([...Value.Errors(ConversationFileSchema, JSON.parse(text))]).toEqual([]);
    const [file] = readConversationFile(text) ?? [];
    const [system, ...rest] = messagesOf(CONVERSATION);
    expect(system).toEqual({ role: "system", content: "Be brief." });
    expect(messagesToSend(file?.messages ?? [])).toEqual(rest);
  });
});

describe("the terminal's files", () => {
  const messages = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Hello" },
    { role: "assistant", content: "Hi." },
  ] as const;

  test("of the same form are imported", () => {
    const text = writeConversationFile([
      { id: SESSION, session_id: SESSION, model: "demo", api_base_url: "http://demo.invalid/v1", messages },
    ]);
    expect([...Value.Errors(ConversationFileSchema, JSON.parse(text))]).toEqual([]);
    expect(importText(text)).toMatchObject([
      {
        id: SESSION,
        sessionId: SESSION,
        title: "Hello",
        settings: { system: "Be brief." },
        turns: [
          { role: "user", text: "Hello" },
          { role: "assistant", text: "Hi.", state: "done" },
        ],
      },
    ]);
  });

  test("of the first form, one conversation without a frame, are too", () => {
    const text = JSON.stringify({ session_id: SESSION, model: "demo", api_base_url: "x", messages });
    expect(importText(text)?.[0]?.turns).toHaveLength(2);
  });
});

test.each([
  "",
  "{}",
  "[]",
  "null",
  '{"format":"nash-llm-conversations"}',
  '{"format":"x","conversations":[]}',
])("%j is no file of conversations", (text) => expect(importText(text)).toBeUndefined());

test("nothing in a file is believed", () => {
  const odd = {
    id: "../../x",
    title: 7,
    updated: "yesterday",
    provider: "odd",
    settings: { temperature: "hot", reasoning_effort: "extreme" },
    messages: [
      { role: "robot", content: "dropped" },
      { role: "user", content: { dropped: true } },
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: "https://tracker.example/x.png" } },
          { type: "text", text: "kept" },
          7,
        ],
      },
      {
        role: "assistant",
        content: "kept",
        tool_calls: [{ id: 7 }],
        about: { state: "odd", usage: { input_tokens: "7" }, failure: { type: "odd" } },
      },
      { role: "assistant", content: "s", about: { summary: { messages: [{ role: 7 }] } } },
    ],
  };
  const text = JSON.stringify({
    format: "nash-llm-conversations",
    conversations: [null, 7, { messages: "no" }, odd],
  });
  expect(importText(text)).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      title: "kept",
      updated: 0,
      turns: [
        { role: "user", id: expect.any(String), text: "kept" },
        {
          role: "assistant",
          id: expect.any(String),
          text: "kept",
          reasoning: "",
          state: "done",
          facts: {},
          failure: { type: "internal", message: "" },
        },
        {
          role: "summary",
          id: expect.any(String),
          text: "s",
          messages: [],
          before: 0,
          after: 0,
          estimated: false,
        },
      ],
    },
  ]);
});

test("docs/conversation-file.schema.json is the schema", async () => {
  const written = Bun.file(join(import.meta.dir, "../../docs/conversation-file.schema.json"));
  expect(await written.json()).toEqual(JSON.parse(JSON.stringify(ConversationFileSchema)));
});
