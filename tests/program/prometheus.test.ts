import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHAT, chatBody, post } from "../support/answers.ts";
import { startProgram } from "../support/program.ts";
import { reply, STREAM_HEAD, type StandIn, startStandIn } from "../support/stand-in.ts";

/** What Prometheus is told of answers (docs/operate.md). */

setDefaultTimeout(60_000);

const STREAM =
  STREAM_HEAD +
  'data: {"choices":[{"index":0,"delta":{"content":"Hello"}}]}\n\n' +
  'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":120,"completion_tokens":11,' +
  '"prompt_tokens_details":{"cached_tokens":100}}}\n\ndata: [DONE]\n\n';

let folder: string;
let provider: StandIn;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nash-llm-test-"));
  let busy = 0;
  provider = await startStandIn(({ socket, body }) => {
    const isBusy = body.includes('"busy-once"') && busy++ === 0;
    socket.end(isBusy ? reply(503, { "content-type": "application/json" }, "{}") : STREAM);
  });
});
afterAll(async () => {
  await provider.stop();
  rmSync(folder, { recursive: true });
});

/** The samples of a name: their labels as they stand, and their values. */
async function samples(url: string, name: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = text.matchAll(new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, "gm"));
  return Object.fromEntries([...found].map(([, labels = "", value]) => [labels, Number(value)]));
}

test("answers are counted and timed by provider and by the route of the settings", async () => {
  const file = join(folder, "settings.toml");
  writeFileSync(
    file,
    `[[provider]]\nname = "mine"\nbase-url = "${provider.url}"\n\n[[route]]\nmodel = "fast-*"\nto = ["mine/*"]\n`,
  );
  await using program = await startProgram({ args: ["--config", file, "--no-detect"] });
  const body = (model: string) => ({ model, stream: true, messages: [{ role: "user", content: "Hello" }] });
  for (const model of ["fast-1", "fast-2", "mine/direct"])
    expect(await (await post(program, "/v1/chat/completions", body(model))).text()).toContain("[DONE]");
  await (await post(program, CHAT, chatBody(provider.url, "busy-once"))).text();

  const [routed, named, addressed] = [
    'provider="mine",route="fast-*"',
    'provider="mine",route=""',
    'provider="openai-compatible",route=""',
  ] as const;
  while (Object.keys(await samples(program.url, "nash_llm_answers_total")).length < 3);
  expect(await samples(program.url, "nash_llm_answers_total")).toEqual({
    [`${routed},outcome="complete",error=""`]: 2,
    [`${named},outcome="complete",error=""`]: 1,
    [`${addressed},outcome="complete",error=""`]: 1,
  });
  for (const name of ["first_token", "token", "answer"])
    expect(await samples(program.url, `nash_llm_${name}_seconds_count`)).toEqual({
      [routed]: 2,
      [named]: 1,
      [addressed]: 1,
    });
  expect(await samples(program.url, "nash_llm_tokens_total")).toMatchObject({
    [`${routed},direction="input"`]: 240,
    [`${routed},direction="output"`]: 22,
  });
  expect(await samples(program.url, "nash_llm_cache_tokens_total")).toMatchObject({
    [`${routed},direction="read"`]: 200,
    [`${routed},direction="written"`]: 0,
  });
  expect(await samples(program.url, "nash_llm_attempts_total")).toEqual({
    'provider="mine",error=""': 3,
    'provider="openai-compatible",error=""': 1,
    'provider="openai-compatible",error="overloaded"': 1,
  });
});

test("callers cannot make labels: models, paths and addresses are none", async () => {
  await using program = await startProgram({ args: ["--no-detect"] });
  for (let i = 0; i < 20; i++) {
    await (await post(program, CHAT, chatBody(provider.url, `model-${i}`))).text();
    await post(program, `/somewhere-${i}`, {});
  }
  while ((await samples(program.url, "nash_llm_requests_total"))['path="other",status="404"'] !== 20);
  const text = await (await fetch(`${program.url}/metrics`)).text();
  expect(text).not.toMatch(/model-\d|somewhere/);
  expect(Object.keys(await samples(program.url, "nash_llm_answers_total"))).toHaveLength(1);
});
