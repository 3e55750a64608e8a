import { describe, expect, test } from "bun:test";
import {
  type AnswerTurn,
  type Conversation,
  messagesOf,
  newId,
  type Turn,
  titleOf,
  upToLastQuestion,
} from "../../src/web/chat/conversation.ts";
import { readConversation } from "../../src/web/chat/read-conversation.ts";
import { ConversationStore, type Shelf } from "../../src/web/chat/store.ts";

const user = (text: string): Turn => ({ role: "user", id: newId(), text });
const answer = (text: string): Turn => ({
  role: "assistant",
  id: newId(),
  text,
  reasoning: "because",
  state: "done",
  facts: {
    sessionId: "3f0c2a7e-5b1d-4f6a-9c8e-2d7b1a6e4f50",
    firstTokenMs: 12.5,
    inputTokens: 3,
    outputTokens: 4,
  },
});
const summary: Turn = {
  role: "summary",
  id: newId(),
  text: "short",
  messages: [{ role: "assistant", content: "Previous conversation summary:\nshort" }],
  before: 100,
  after: 20,
  estimated: true,
};

function conversation(...turns: readonly Turn[]): Conversation {
  return { id: newId(), title: "A title", updated: 5, sessionId: "s", turns };
}

/** A shelf in memory, which may be full. */
function shelf(isFull = false): Shelf & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    get length() {
      return kept.size;
    },
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem(key, value) {
      if (isFull) throw new Error("QuotaExceededError");
      kept.set(key, value);
    },
    removeItem: (key) => kept.delete(key),
  };
}

describe("what is sent", () => {
  test("questions and answers, without those that stayed empty", () => {
    expect(messagesOf({ turns: [user("a"), answer(""), user("b"), answer("c")] })).toEqual([
      { role: "user", content: "a" },
      { role: "user", content: "b" },
      { role: "assistant", content: "c" },
    ]);
  });

  test("from a summary on, the summary's messages instead of what it stands for", () => {
    expect(messagesOf({ turns: [user("a"), answer("b"), summary, user("c")] })).toEqual([
      { role: "assistant", content: "Previous conversation summary:\nshort" },
      { role: "user", content: "c" },
    ]);
  });

  test("the system prompt comes first, once, also before a summary that has one", () => {
    const old: Turn = { ...summary, messages: [{ role: "system", content: "old" }, ...summary.messages] };
    expect(messagesOf({ turns: [old, user("c")], settings: { system: " new " } })).toEqual([
      { role: "system", content: "new" },
      ...summary.messages,
      { role: "user", content: "c" },
    ]);
  });

  test("pictures as parts", () => {
    const turn: Turn = { role: "user", id: "u", text: "what is it?", images: ["data:image/png;base64,AA=="] };
    expect(messagesOf({ turns: [turn] })).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "what is it?" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
        ],
      },
    ]);
  });

  test("calls with their results; without all of them, or broken off, the text alone", () => {
    const call = { id: "c1", name: "weather", arguments: "{}" };
    const called = { ...(answer("Let me see.") as AnswerTurn), calls: [call] };
    const done: Turn = { ...called, calls: [{ ...call, result: "sunny" }] };
    const tool_calls = [{ id: "c1", type: "function", function: { name: "weather", arguments: "{}" } }];
    const text = { role: "assistant" as const, content: "Let me see." };
    expect(messagesOf({ turns: [done] }) as unknown).toEqual([
      { ...text, tool_calls },
      { role: "tool", tool_call_id: "c1", content: "sunny" },
    ]);
    expect(messagesOf({ turns: [called] })).toEqual([text]);
    expect(messagesOf({ turns: [{ ...done, state: "stopped" }] })).toEqual([text]);
  });

  test("a retry ends with the last question", () => {
    const turns = [user("a"), answer("b"), user("c"), answer("d")];
    expect(upToLastQuestion(turns)).toEqual(turns.slice(0, 3));
  });
});

test("a title is the beginning of the first question, on one line", () => {
  expect(titleOf([user("  one\n two ")])).toBe("one two");
  expect(titleOf([user("x".repeat(200))])).toHaveLength(60);
  expect(titleOf([])).toBe("New conversation");
});

describe("the store", () => {
  test("finds what an earlier page kept, the newest first", () => {
    const kept = shelf();
    const [older, newer] = [conversation(user("a")), { ...conversation(user("b")), updated: 9 }];
    const store = new ConversationStore(kept);
    expect(store.put(older)).toBe(true);
    expect(store.put(newer)).toBe(true);
    kept.kept.set("something.else", "{}");
    kept.kept.set("nash-llm.conversation.broken", "{");
    expect(new ConversationStore(kept).all).toEqual([newer, older]);
  });

  test("holds what the browser has no room for, and says so", () => {
    const store = new ConversationStore(shelf(true));
    const one = conversation(user("a"));
    expect(store.put(one)).toBe(false);
    expect(store.get(one.id)).toEqual(one);
    expect(new ConversationStore(undefined).put(one)).toBe(false);
  });

  test("takes over what another tab wrote or deleted", () => {
    const kept = shelf();
    const [here, there] = [new ConversationStore(kept), new ConversationStore(kept)];
    const one = conversation(user("a"));
    there.put(one);
    expect(here.refresh(`nash-llm.conversation.${one.id}`)).toBe(one.id);
    expect(here.get(one.id)).toEqual(one);
    there.remove(one.id);
    here.refresh(`nash-llm.conversation.${one.id}`);
    expect(here.get(one.id)).toBeUndefined();
    expect(here.refresh("nash-llm.theme")).toBeUndefined();
  });

  test("keeps settings that were made before the first message", () => {
    const kept = shelf();
    const one = { ...conversation(), settings: { system: "Be brief." } };
    new ConversationStore(kept).put(one);
    expect(new ConversationStore(kept).all).toEqual([one]);
  });

  test("a conversation under another's name is none", () => {
    const kept = shelf();
    kept.kept.set("nash-llm.conversation.a", JSON.stringify({ ...conversation(user("x")), id: "b" }));
    expect(new ConversationStore(kept).all).toEqual([]);
  });
});

test("what is read of a conversation is read again as the same", () => {
  const one = {
    ...conversation(user("a"), answer("b"), summary),
    settings: { system: "s", temperature: 0, maxTokens: 5, effort: "low" as const, tools: "[]" },
  };
  expect(readConversation(readConversation(one))).toEqual(one);
  expect(
    readConversation({ turns: [{ role: "user", text: "x", images: ["https://a.example/", 7] }] })?.turns,
  ).toEqual([{ role: "user", id: expect.any(String), text: "x" }]);
});
