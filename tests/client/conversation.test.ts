import { describe, expect, test } from "bun:test";
import { Conversation, type Message } from "../../src/client/index.ts";
import { type Asked, answerOf, clientOf, FRAME, SESSION, streamOf } from "./stand-in.ts";

const SETTINGS = { model: "m", api_key: "k", api_base_url: "http://demo.invalid/v1" };
const user = (content: string): Message => ({ role: "user", content });
const assistant = (content: string): Message => ({ role: "assistant", content });

function conversationWith(answer: (asked: Asked, turn: number) => Response) {
  const { client, asked } = clientOf((one) => answer(one, asked.length));
  return { conversation: new Conversation(client, SETTINGS), asked };
}

async function read(answer: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of answer) text += piece;
  return text;
}

const saying = (text: string) => streamOf(answerOf({ content: text }));

describe("a conversation", () => {
  test("keeps the history and the session that the server named", async () => {
    const { conversation, asked } = conversationWith((_, turn) => saying(`answer ${turn}`));
    expect(await read(conversation.send("one"))).toBe("answer 1");
    expect(conversation.sessionId).toBe(SESSION);
    await read(conversation.send("two"));
    expect(asked[0]?.body["session_id"]).toBeUndefined();
    expect(asked[1]?.body["session_id"]).toBe(SESSION);
    expect(asked[1]?.body["messages"]).toEqual([user("one"), assistant("answer 1"), user("two")]);
    expect(conversation.messages).toHaveLength(4);
  });

  test("retry asks the same again, in the same session", async () => {
    const { conversation, asked } = conversationWith((_, turn) => saying(`answer ${turn}`));
    await read(conversation.send("one"));
    await read(conversation.retry());
    expect(asked[1]?.body["messages"]).toEqual([user("one")]);
    expect(asked[1]?.body["session_id"]).toBe(SESSION);
    expect(conversation.messages).toEqual([user("one"), assistant("answer 2")]);
  });

  test("a question without an answer is taken back, and waits for retry", async () => {
    const refused = () =>
      Response.json({ error: { type: "rate_limit", message: "no" }, session_id: SESSION }, { status: 429 });
    const { conversation, asked } = conversationWith((_, turn) => (turn === 1 ? refused() : saying("yes")));
    expect(await read(conversation.send("one")).catch((error) => error.type)).toBe("rate_limit");
    expect(conversation.messages).toEqual([]);
    expect(conversation.canRetry).toBe(true);
    expect(await read(conversation.retry())).toBe("yes");
    expect(asked[1]?.body).toMatchObject({ messages: [user("one")], session_id: SESSION });
  });

  test("an answer that breaks, or is left, keeps what came", async () => {
    const cut = FRAME({ session_id: SESSION }) + FRAME({ content: "half" });
    const { conversation } = conversationWith((_, turn) =>
      turn === 1 ? streamOf(cut) : saying("whole answer"),
    );
    await read(conversation.send("one")).catch(() => undefined);
    expect(conversation.messages).toEqual([user("one"), assistant("half")]);
    for await (const _ of conversation.send("two")) break;
    expect(conversation.messages.at(-1)).toEqual(assistant("whole answer"));
  });

  test("a summary takes the place of the history", async () => {
    const summary = [assistant("Previous conversation summary:\ns")];
    const result = {
      success: true,
      summary: "s",
      messages: summary,
      token_reduction: { before: 9, after: 3 },
      session_id: SESSION,
    };
    const { conversation, asked } = conversationWith(({ url }) =>
      url.endsWith("summarize") ? streamOf(`${FRAME(result)}data: [DONE]\n\n`) : saying("answer"),
    );
    conversation.settings = { ...SETTINGS, stream_options: { include_usage: true } };
    await read(conversation.send("one"));
    expect((await conversation.summarize({ keep_last: 1 })).summary).toBe("s");
    expect(asked[1]?.body).toMatchObject({ keep_last: 1, session_id: SESSION });
    expect(asked[1]?.body).not.toHaveProperty("stream_options");
    await read(conversation.send("two"));
    expect(asked[2]?.body["messages"]).toEqual([...summary, user("two")]);
  });

  test("takeBack gives the last question, and forgets what followed", async () => {
    const { conversation } = conversationWith(() => saying("answer"));
    await read(conversation.send("one"));
    await read(conversation.send("two"));
    expect(conversation.takeBack()).toEqual(user("two"));
    expect(conversation.messages).toEqual([user("one"), assistant("answer")]);
  });

  test("where nothing was asked there is nothing to ask again", () => {
    const { conversation } = conversationWith(() => saying("answer"));
    expect(conversation.canRetry).toBe(false);
    expect(() => conversation.retry()).toThrow("no question");
  });
});
