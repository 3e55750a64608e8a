import { describe, expect, test } from "bun:test";
import { appendFileSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findSession } from "../../../../src/cli/client/sessions/find-session.ts";
import { messagesIn, readRecords } from "../../../../src/cli/client/sessions/session-file.ts";
import { SessionStore } from "../../../../src/cli/client/sessions/session-store.ts";
import type { Message } from "../../../../src/client/index.ts";
import { newHome } from "../../../support/client-process.ts";

const ONE = "11111111-1111-4111-8111-111111111111";
const TWO = "22222222-2222-4222-8222-222222222222";
const NOTES = { model: "m", api_base_url: "http://demo.invalid/v1" };

const user = (content: string): Message => ({ role: "user", content });
const assistant = (content: string): Message => ({ role: "assistant", content });
const pathOf = (home: string, id: string) => join(home, "sessions", `${id}.jsonl`);
const linesOf = (home: string, id: string) =>
  readFileSync(pathOf(home, id), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("sessions on disk", () => {
  test("each turn adds a line with what is new", () => {
    using home = newHome();
    const store = new SessionStore(home.path);
    const messages = [user("a"), assistant("b")];
    store.save(ONE, messages, NOTES);
    messages.push(user("c"), assistant("d"));
    store.save(ONE, messages, NOTES);
    const [opening, first, second, ...others] = linesOf(home.path, ONE);
    expect(opening).toMatchObject({ type: "session", id: ONE });
    expect(first).toMatchObject({ type: "turn", messages: [user("a"), assistant("b")] });
    expect(second).toMatchObject({ type: "turn", messages: [user("c"), assistant("d")] });
    expect(others).toEqual([]);
    expect(store.find(ONE)[0]?.messages).toEqual(messages);
  });

  test("where earlier messages are gone, all are written anew", () => {
    using home = newHome();
    const store = new SessionStore(home.path);
    const question = user("a");
    store.save(ONE, [question, assistant("b")], NOTES);
    store.save(ONE, [question, assistant("another")], NOTES);
    expect(linesOf(home.path, ONE).map(({ type }) => type)).toEqual(["session", "turn", "history"]);
    expect(store.find(ONE)[0]?.messages).toEqual([question, assistant("another")]);
  });

  test("a session that goes on is not written again", () => {
    using home = newHome();
    new SessionStore(home.path).save(ONE, [user("a"), assistant("b")], NOTES);
    const store = new SessionStore(home.path);
    const [session] = store.list(1);
    if (session === undefined) throw new Error("the session is not there");
    store.resume(session);
    store.save(ONE, [...session.messages, user("c"), assistant("d")], { ...NOTES, model: "other" });
    expect(linesOf(home.path, ONE).map(({ type }) => type)).toEqual(["session", "turn", "turn"]);
    expect(store.find(ONE)[0]).toMatchObject({ model: "other", baseUrl: NOTES.api_base_url });
  });

  test("are listed by when they were last written to", () => {
    using home = newHome();
    const store = new SessionStore(home.path);
    store.save(ONE, [user("a"), assistant("b")], NOTES);
    store.save(TWO, [user("c"), assistant("d")], NOTES);
    utimesSync(pathOf(home.path, ONE), 2, 2);
    utimesSync(pathOf(home.path, TWO), 1, 1);
    writeFileSync(join(home.path, "sessions", "notes.txt"), "not a session");
    expect(store.list().map(({ id }) => id)).toEqual([ONE, TWO]);
  });

  test("a line that a crash cut short is passed over", () => {
    using home = newHome();
    const store = new SessionStore(home.path);
    store.save(ONE, [user("a"), assistant("b")], NOTES);
    appendFileSync(pathOf(home.path, ONE), '{"type":"turn","messages":[{"role":"us\n');
    expect(store.find(ONE)[0]?.messages).toEqual([user("a"), assistant("b")]);
  });

  test("what is no session is nothing", () => {
    expect(readRecords("")).toBeUndefined();
    expect(readRecords('{"type":"session","id":"not a uuid"}')).toBeUndefined();
    expect(messagesIn([{ role: "nobody", content: "x" }, { role: "user" }, 7, user("yes")])).toEqual([
      user("yes"),
    ]);
  });
});

describe("which conversation goes on", () => {
  test("the last, or the one whose id begins so", () => {
    using home = newHome();
    const store = new SessionStore(home.path);
    store.save(ONE, [user("a"), assistant("b")], NOTES);
    expect(findSession(store, { last: false, id: undefined })).toBeUndefined();
    expect(findSession(store, { last: true, id: undefined })?.id).toBe(ONE);
    expect(findSession(store, { last: false, id: "1111" })?.id).toBe(ONE);
  });

  test("an id that fits none or several is refused", () => {
    using home = newHome();
    const store = new SessionStore(home.path);
    const near = `${ONE.slice(0, -1)}2`;
    for (const id of [ONE, near]) store.save(id, [user("a"), assistant("b")], NOTES);
    expect(() => findSession(store, { last: false, id: "2" })).toThrow("No conversation");
    expect(() => findSession(store, { last: false, id: "1" })).toThrow("2 conversations");
    expect(() => findSession(store, { last: true, id: "1" })).toThrow("one of them");
    expect(() => findSession(undefined, { last: true, id: undefined })).toThrow("no home folder");
  });
});
