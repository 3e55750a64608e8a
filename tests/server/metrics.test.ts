import { expect, setDefaultTimeout, test } from "bun:test";
import { type Program, startProgram } from "../support/program.ts";

/** What counts is loaded late, and that may fail: a server that cannot count is still a server. */

setDefaultTimeout(60_000);

/** As many as wait to be counted before what counts them is loaded unasked. */
const MANY = 1000;

function start(): Promise<Program> {
  // A path relative to its folder, for there is no way to write a space into that variable.
  return startProgram({
    cwd: import.meta.dir,
    env: { BUN_OPTIONS: "--preload=./refused-load-child.ts" },
  });
}

async function askHealth({ url }: Program, times: number): Promise<void> {
  for (let left = times; left > 0; left -= 50) {
    const batch = Array.from({ length: Math.min(left, 50) }, () => fetch(`${url}/health`));
    for (const { status } of await Promise.all(batch)) expect(status).toBe(200);
  }
}

/** How often `/health` has been counted, once it has been at all: a request is counted after its answer. */
async function healthCounted({ url }: Program): Promise<number> {
  for (;;) {
    const response = await fetch(`${url}/metrics`);
    expect(response.status).toBe(200);
    const text = await response.text();
    const [, count] = /^nash_llm_requests_total\{path="\/health",status="200"\} (\d+)$/m.exec(text) ?? [];
    if (count !== undefined) return Number(count);
  }
}

test("who asks for the metrics when they cannot be loaded is told so, and the next one gets them", async () => {
  await using program = await start();
  await askHealth(program, 3);
  const refused = await fetch(`${program.url}/metrics`);
  expect(refused.status).toBe(500);
  const body = await refused.text();
  expect(JSON.parse(body)).toMatchObject({ error: { type: "internal" } });
  expect(body).not.toContain("something of our own");

  await askHealth(program, 1);
  // What had waited was given up: it would have grown for as long as nothing can be counted.
  expect(await healthCounted(program)).toBe(1);
});

test("what cannot be loaded when there is much to count disturbs nobody", async () => {
  await using program = await start();
  await askHealth(program, MANY);
  await program.logged((line) => line === "refused");
  await askHealth(program, 1);
  expect(await healthCounted(program)).toBe(1);
  expect(program.stderr()).not.toContain("stack");
  expect(await program.stop()).toBe(0);
});
