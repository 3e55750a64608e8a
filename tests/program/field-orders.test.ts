/** Orders of messages that strict templates and providers take, and lists of texts alone (field kinds G and H). */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { saying } from "../protocols/field-reports/support.ts";
import { askBy, type FieldProvider, startFieldProvider } from "../support/field-provider.ts";
import { anthropicComplaint, openaiComplaint, templateComplaint } from "../support/message-order-rules.ts";
import { type Program, startProgram } from "../support/program.ts";
import { PROTOCOLS } from "../support/streams.ts";

setDefaultTimeout(60_000);

let program: Program;
let provider: FieldProvider;
beforeAll(async () => {
  provider = startFieldProvider();
  program = await startProgram({ args: ["--retries", "0"] });
});
afterAll(async () => {
  await program.stop();
  await provider.stop();
});

const s = (content: unknown) => ({ role: "system", content });
const d = (content: unknown) => ({ role: "developer", content });
const u = (content: unknown) => ({ role: "user", content });
const a = (content: unknown) => ({ role: "assistant", content });
const call = (id: string, content: unknown = null) => ({
  role: "assistant",
  content,
  tool_calls: [{ id, type: "function", function: { name: "f", arguments: "{}" } }],
});
const calls = (...ids: string[]) => ({
  role: "assistant",
  content: null,
  tool_calls: ids.map((id) => ({ id, type: "function", function: { name: "f", arguments: "{}" } })),
});
const t = (id: string, content: unknown = `result of ${id}`) => ({ role: "tool", tool_call_id: id, content });
const text = (words: string) => ({ type: "text", text: words });

const ORDERS: readonly (readonly [string, readonly object[]])[] = [
  ["a system message in the middle", [s("terse"), u("Hi"), a("Hello."), s("only blue"), u("Sky?")]],
  ["a system message at the end", [u("Hi"), s("terse")]],
  ["a system message alone", [s("terse")]],
  ["two system messages", [s("terse"), s("polite"), u("Hi")]],
  ["a developer in the middle", [u("Hi"), a("Hello."), d("only blue"), u("Sky?")]],
  ["system and developer", [s("terse"), d("polite"), u("Hi")]],
  ["two users", [u("One"), u("Two")]],
  ["three users between", [u("One"), a("1"), u("Two"), u("Three"), u("Four")]],
  ["two assistants", [u("Hi"), a("One"), a("Two"), u("And?")]],
  ["the assistant first", [a("Welcome!"), u("Hi")]],
  ["the assistant first behind a system message", [s("terse"), a("Welcome!"), u("Hi")]],
  ["the assistant last", [u("Hi"), a("Hel")]],
  ["the assistant alone", [a("Welcome!")]],
  ["a user between call and result", [u("go"), call("a1"), u("hurry"), t("a1")]],
  ["a system message between call and result", [u("go"), call("a1"), s("be quick"), t("a1"), u("and?")]],
  ["an assistant between call and result", [u("go"), call("a1"), a("wait"), t("a1")]],
  ["results in another order", [u("go"), calls("a1", "a2"), t("a2"), t("a1")]],
  ["results apart", [u("go"), calls("a1", "a2"), t("a1"), u("hurry"), t("a2")]],
  ["a result before its call", [u("go"), t("a1"), call("a1"), u("and?")]],
  ["two calls in two messages", [u("go"), call("a1"), call("a2"), t("a1"), t("a2")]],
  ["ids used again", [u("go"), call("a1"), t("a1", "1"), u("again"), call("a1"), t("a1", "2")]],
  ["a user right after a result", [u("go"), call("a1"), t("a1"), u("thanks")]],
  ["text beside a call", [u("go"), call("a1", "I look."), t("a1")]],
  ["a call at the start", [call("a1"), t("a1"), u("go")]],
  ["an empty user", [u(""), u("Hi")]],
  ["an empty system message", [s(""), u("Hi")]],
  ["an empty assistant", [u("Hi"), a(""), u("Hello?")]],
  ["parts in two users", [u([text("One")]), u([text("Two"), text("Three")])]],
  ["a string and parts", [u("One"), u([text("Two")])]],
  ["many system messages between", [s("1"), u("a"), s("2"), a("b"), s("3"), u("c"), s("4")]],
  ["a long chain of calls", [u("go"), call("a1"), t("a1"), call("a2"), t("a2"), call("a3"), t("a3")]],
  ["a result as parts", [u("go"), call("a1"), t("a1", [text("42")])]],
  ["an empty result", [u("go"), call("a1"), t("a1", "")]],
];

/** Texts of a conversation, each of which must be sent. */
function textsOf(messages: readonly object[]): string[] {
  return (JSON.stringify(messages).match(/"(?:content|text)":"([^"]+)"/g) ?? []).map((found) =>
    found.replace(/^"\w+":"|"$/g, ""),
  );
}

/** Mistral's template drops the text beside a call. Others want it, so it is sent. */
const BESIDE_CALLS = /^Nothing is made of/;

const WORD = { openai: "stop", anthropic: "end_turn" } as const;

describe.each(PROTOCOLS)("%s", (protocol) => {
  test.each(ORDERS)("%s", async (_name, messages) => {
    const model = provider.play({ frames: saying({ name: protocol }, "Fine.", WORD[protocol]) });
    // OpenAI's own dialect refuses what OpenAI refuses: results that are not right behind their calls.
    const isDialect = protocol === "anthropic" && openaiComplaint(messages as never) === undefined;
    for (const way of isDialect ? (["chat", "completions"] as const) : (["chat"] as const)) {
      const told = await askBy(way, program, provider, protocol, model, { messages });
      const sent = provider.asked(model).at(-1)?.body as { messages: never[]; system?: unknown } | undefined;
      expect([told.status, told.text]).toEqual([200, "Fine."]);
      if (sent === undefined) throw new Error("nobody was asked");
      const complaints =
        protocol === "anthropic"
          ? [anthropicComplaint(sent.messages)]
          : [openaiComplaint(sent.messages), templateComplaint(sent.messages)];
      expect(complaints.filter((one) => one !== undefined && !BESIDE_CALLS.test(one))).toEqual([]);
      for (const words of textsOf(messages)) expect(JSON.stringify(sent)).toContain(words);
    }
  });

  test.each<[string, readonly object[]]>([
    ["a call without a result", [u("go"), call("a1")]],
    ["a call without a result in the middle", [u("go"), call("a1"), u("never mind"), a("fine"), u("and?")]],
    ["a result without a call", [u("go"), t("a1")]],
    ["two results for one call", [u("go"), call("a1"), t("a1"), t("a1")]],
    ["a result of another id", [u("go"), call("a1"), t("b1")]],
  ])("%s is refused, with param", async (_name, messages) => {
    const model = provider.play({ frames: [] });
    const told = await askBy("chat", program, provider, protocol, model, { messages });
    expect([told.status, told.error?.type]).toEqual([422, "invalid_request"]);
    expect(told.error?.param).toStartWith("messages[");
    expect(provider.asked(model)).toEqual([]);
  });
});

describe("texts alone", () => {
  const TEXTS: readonly (readonly [string, readonly object[], unknown])[] = [
    ["one", [u([text("hi")])], "hi"],
    ["two", [u([text("hi"), text("there")])], "hi\n\nthere"],
    ["in a system message", [s([text("terse")]), u("hi")], "terse"],
    ["in an assistant's", [u("x"), a([text("said")]), u("y")], "x"],
    ["in a result", [u("go"), call("a1"), t("a1", [text("42")])], "go"],
    ["an empty list", [u([text("")]), u("hi")], "hi"],
  ];
  test.each(TEXTS)("%s are strings", async (_name, messages) => {
    for (const way of ["chat", "messages"] as const) {
      if (
        way === "messages" &&
        messages.some(
          (message) =>
            !/"role":"(?:user|assistant)"/.test(JSON.stringify(message)) || "tool_calls" in message,
        )
      )
        continue;
      const model = provider.play({ frames: saying({ name: "openai" }, "Fine.", "stop") });
      const told = await askBy(way, program, provider, "openai", model, { messages });
      expect(told.text).toBe("Fine.");
      const sent = provider.asked(model)[0]?.body["messages"] as { content: unknown }[];
      const contents = sent.map(({ content }) => typeof content);
      expect([way, contents.filter((kind) => kind !== "string" && kind !== "object")]).toEqual([way, []]);
      expect(JSON.stringify(sent)).not.toContain('"content":[');
    }
  });

  test("beside an image stay a list", async () => {
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
    const model = provider.play({ frames: saying({ name: "openai" }, "Fine.", "stop") });
    await askBy("chat", program, provider, "openai", model, { messages: [u([text("what?"), image])] });
    expect(JSON.stringify(provider.asked(model)[0]?.body["messages"])).toContain("image_url");
  });
});
