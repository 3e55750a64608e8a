import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { SandboxRecord } from "../../src/sandbox/record.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { CHAT, chatBody, SUMMARIZE } from "../support/answers.ts";
import { type Program, startProgram } from "../support/program.ts";
import { openExchange, rawRequest } from "../support/raw-http.ts";

/** When a client leaves, the provider's connection is closed too: nobody pays for what nobody reads. */

setDefaultTimeout(60_000);

let program: Program;
let sandbox: Sandbox;
let asked: (record: SandboxRecord) => void;
beforeAll(async () => {
  sandbox = startSandbox({ onRequest: (record) => asked(record) });
  program = await startProgram();
});
afterAll(async () => {
  await program.stop();
  await sandbox.stop();
});

/** Asks over a connection of its own. */
async function ask(path: string, model: string, provider: string) {
  const body = JSON.stringify(chatBody(sandbox.url, model, { provider }));
  const reached = new Promise<SandboxRecord>((resolve) => {
    asked = resolve;
  });
  const client = await openExchange(
    program.port,
    rawRequest(
      `POST ${path} HTTP/1.1`,
      [
        ["host", `127.0.0.1:${program.port}`],
        ["content-type", "application/json"],
        ["content-length", String(body.length)],
      ],
      body,
    ),
  );
  return { client, record: await reached };
}

describe.each(["openai", "anthropic"])("%s", (provider) => {
  test.each([
    ["before the provider has answered", "demo-hang"],
    ["before the first event", "demo-hang-body"],
  ])("%s", async (_, model) => {
    const { client, record } = await ask(CHAT, model, provider);
    client.socket.destroy();
    expect(await record.closed).toBe("cancelled");
  });

  test.each([
    ["while the provider is silent", "demo-silent"],
    ["while text is coming", "demo-numbered"],
    ["while more is coming than is read", "demo-endless"],
  ])("%s", async (_, model) => {
    const { client, record } = await ask(CHAT, model, provider);
    await client.came((text) => text.includes('{"content":'));
    client.socket.destroy();
    expect(await record.closed).toBe("cancelled");
  });

  test("while a summary is made", async () => {
    const { client, record } = await ask(SUMMARIZE, "demo-silent", provider);
    client.socket.destroy();
    expect(await record.closed).toBe("cancelled");
  });
});

test("nothing is left running", async () => {
  expect(await (await fetch(`${program.url}/ready`)).json()).toEqual({ status: "ready", open: 0 });
});
