import { expect, setDefaultTimeout, test } from "bun:test";
import { CHAT, chatBody, post, readRefusal } from "../support/answers.ts";
import { startProgram } from "../support/program.ts";

setDefaultTimeout(30_000);

/** Found by `bun run fuzz`: such an address has no path to append to, and was a fault of our own. */
test("an address of another kind than http is refused with its field", async () => {
  await using program = await startProgram();
  const addresses = [
    "blob:http://127.0.0.1/v1",
    "blob:x",
    "data:text/plain,x",
    "file:///etc/passwd",
    "mailto:a",
  ];
  for (const url of addresses) {
    const { status, error } = await readRefusal(await post(program, CHAT, chatBody(url, "any")));
    expect([url, status, error.type, error.param]).toEqual([url, 422, "invalid_request", "api_base_url"]);
    const headers = { authorization: "Bearer k", "x-nash-llm-base-url": url };
    const body = { model: "any", messages: [{ role: "user", content: "x" }] };
    expect((await post(program, "/v1/chat/completions", body, { headers })).status).toBe(400);
  }
});
