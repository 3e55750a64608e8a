/** Several requests in one packet, and trailers (field kind Q): whoever cannot be answered, nobody is asked for them. */

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { saying } from "../protocols/field-reports/support.ts";
import { CHAT, chatBody } from "../support/answers.ts";
import { type FieldProvider, startFieldProvider } from "../support/field-provider.ts";
import { type Program, startProgram } from "../support/program.ts";
import { exchange, openExchange, rawRequest } from "../support/raw-http.ts";

setDefaultTimeout(30_000);

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

const own = (): [string, string][] => [
  ["host", `127.0.0.1:${program.port}`],
  ["content-type", "application/json"],
];
const chat = (model: string, more: [string, string][] = []) => {
  const body = JSON.stringify(chatBody(provider.url, model));
  return rawRequest(
    `POST ${CHAT} HTTP/1.1`,
    [...own(), ...more, ["content-length", String(body.length)]],
    body,
  );
};
const chunked = (model: string, trailers: string) => {
  const body = JSON.stringify(chatBody(provider.url, model));
  const chunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n${trailers}\r\n`;
  return rawRequest(`POST ${CHAT} HTTP/1.1`, [...own(), ["transfer-encoding", "chunked"]], chunks);
};
const health = () => rawRequest("GET /health HTTP/1.1", own());
const play = () => provider.play({ frames: saying({ name: "openai" }, "Fine.", "stop") });
const answers = (count: number) => (text: string) =>
  (text.match(/HTTP\/1\.1 /g) ?? []).length === count && text.includes("[DONE]");

test.each<[string, (model: string) => string]>([
  ["two chats", (model) => chat(model) + chat(model)],
  ["three chats", (model) => chat(model) + chat(model) + chat(model)],
  ["a chat and another request", (model) => chat(model) + health()],
  ["a chat in chunks and another", (model) => chunked(model, "") + chat(model)],
  ["a trailer", (model) => chunked(model, "x-checksum: abc\r\n")],
  ["two trailers", (model) => chunked(model, "a: b\r\nc: d\r\n")],
])("%s in one packet: all are answered, or nobody is asked", async (_name, bytes) => {
  const model = play();
  const { body } = await exchange(program.port, bytes(model));
  await Bun.sleep(100);
  expect(provider.asked(model).length).toBe(body.match(/\[DONE\]/g)?.length ?? 0);
});

test("another request and then a chat: both are answered", async () => {
  const model = play();
  const both = await openExchange(program.port, health() + chat(model));
  await both.came(answers(2));
  both.socket.destroy();
  expect(provider.asked(model).length).toBe(1);
});

test("a chat that says it is the last is answered, whatever follows", async () => {
  const model = play();
  const { status, body } = await exchange(program.port, chat(model, [["connection", "close"]]) + chat(model));
  expect([status, body.includes("Fine.")]).toEqual([200, true]);
  expect(provider.asked(model).length).toBe(1);
});

test("chunks without a trailer are read", async () => {
  const model = play();
  const { status } = await exchange(program.port, chunked(model, ""), answers(1));
  expect(status).toBe(200);
});
