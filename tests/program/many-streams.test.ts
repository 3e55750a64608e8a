import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { CHAT, chatBody, post, readNativeStream } from "../support/answers.ts";
import { startProgram } from "../support/program.ts";
import { openExchange, rawRequest } from "../support/raw-http.ts";

/** Bun's own limit is 256 requests in flight; one hung provider would starve all others. */
const SILENT = 600;
const DEMO = "http://demo.invalid/v1";

setDefaultTimeout(60_000);

test("600 silent streams do not hold up the next", async () => {
  await using program = await startProgram();
  const body = JSON.stringify(chatBody(DEMO, "demo-silent"));
  const request = rawRequest(
    `POST ${CHAT} HTTP/1.1`,
    [
      ["host", `127.0.0.1:${program.port}`],
      ["content-type", "application/json"],
      ["content-length", String(body.length)],
    ],
    body,
  );
  const silent = await Promise.all(Array.from({ length: SILENT }, () => openExchange(program.port, request)));
  await Promise.all(silent.map(({ came }) => came((text) => text.includes('{"content":'))));

  const answer = readNativeStream(await (await post(program, CHAT, chatBody(DEMO, "demo-fast"))).text());
  expect(answer.error).toBeUndefined();
  expect(answer.text).toEndWith("tok-0500 ");
  expect(await (await fetch(`${program.url}/ready`)).json()).toEqual({ status: "ready", open: SILENT });
  for (const { socket } of silent) socket.destroy();
});

test("the program has started itself with the variables that the runtime reads before anything else", async () => {
  if (process.platform !== "linux") return;
  await using program = await startProgram();
  const variables = readFileSync(`/proc/${program.pid}/environ`, "utf8").split("\0");
  expect(variables).toContain("BUN_CONFIG_MAX_HTTP_REQUESTS=65535");
  expect(variables).toContain("BUN_JSC_forceCodeBlockLiveness=1");
});
