/** Requests to the running program: hostile heads, hostile bodies, and addresses that lead inward. */

import { createServer } from "node:net";
import fc from "fast-check";
import { startSandbox } from "../../src/sandbox/server.ts";
import { CHAT, chatBody } from "../../tests/support/answers.ts";
import { startServer, watcher } from "./fuzzed-programs.ts";
import { inward } from "./inward-addresses.ts";
import { type Body, bodyFor, KEY, PATHS } from "./request-bodies.ts";
import { type Head, heads, isForeign, requestBytes } from "./request-heads.ts";
import { count, type Part, promise } from "./run-inputs.ts";
import { ask, checkAnswer, type Reply } from "./socket-request.ts";

/** How long an answer to a whole request may take: the program's timeouts are three seconds. In milliseconds. */
const PATIENCE = 20_000;
/** A request that is not whole is not waited for. */
const NO_PATIENCE = 300;

const TOKEN = "the-token-of-this-run";

type Path = (typeof PATHS)[number];
type Input =
  | { readonly what: "head"; readonly head: Head; readonly path: Path; readonly body: Body }
  | { readonly what: "body"; readonly path: Path; readonly body: Body; readonly isStream: boolean }
  | { readonly what: "address"; readonly path: Path; readonly address: (port: number) => string };

const path = fc.constantFrom(...PATHS);
const withBody = path.chain((one) => bodyFor(one).map((body) => ({ path: one, body })));

const inputs: fc.Arbitrary<Input> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(heads, withBody).map(([head, more]) => ({ what: "head" as const, head, ...more })),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(withBody, fc.boolean())
      .map(([more, isStream]) => ({ what: "body" as const, ...more, isStream })),
  },
  { weight: 3, arbitrary: fc.record({ what: fc.constant("address" as const), path, address: inward }) },
);

/** A request that no parser can refuse. */
function sane(port: number, to: string, body: Uint8Array, more = ""): Uint8Array {
  const head = `POST ${to} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n${more}\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** Something that listens on loopback and must never be called. */
async function startForbidden() {
  let calls = 0;
  const server = createServer((socket) => {
    calls++;
    socket.destroy();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { port, calls: () => calls, stop: () => server.close() };
}

export async function startRequestFuzz(): Promise<Part<Input> & { stop(): Promise<void> }> {
  let foreignCalls = 0;
  const sandbox = startSandbox({
    pace: 0,
    onRequest: ({ path: asked }) => void (asked.startsWith("/foreign") && foreignCalls++),
  });
  const forbidden = await startForbidden();
  const [program, exposed] = await Promise.all([startServer(), startServer(TOKEN)]);
  const watches = [watcher(program), watcher(exposed)];

  const tally = new Map<string, number>();
  const note = (what: Input["what"], { status, ended }: Reply) =>
    count(tally, `${what}: ${ended === "silence" ? "not whole" : status === 0 ? "closed" : status}`);

  const tryHead = async (head: Head, to: Path, body: Body) => {
    const url = isForeign(head) ? `http://127.0.0.1:${sandbox.port}/foreign/v1` : sandbox.url;
    const reply = await ask(program.port, requestBytes(head, to, body.text(url), program.port), NO_PATIENCE);
    promise(!reply.raw.includes(KEY), () => `the key comes back: ${reply.raw}`);
    note("head", reply);
    // What is still on its way when patience ends is no answer that can be judged.
    if (reply.ended !== "silence") checkAnswer(reply, false);
  };
  const tryBody = async (to: Path, body: Body, isStream: boolean) => {
    const bytes = sane(
      program.port,
      to,
      body.text(sandbox.url),
      isStream ? "accept: text/event-stream\r\n" : "",
    );
    const reply = await ask(program.port, bytes, PATIENCE);
    note("body", reply);
    promise(!reply.raw.includes(KEY), () => `the key comes back: ${reply.raw}`);
    checkAnswer(reply, true);
  };
  const tryAddress = async (to: Path, address: (port: number) => string) => {
    const whole: Record<string, unknown> = chatBody(address(forbidden.port), "demo", { api_key: KEY });
    const fields = to.endsWith("models") ? ["api_key", "api_base_url"] : Object.keys(whole);
    const json = JSON.stringify(Object.fromEntries(fields.map((name) => [name, whole[name]])));
    const asked = to.endsWith("tokens") ? CHAT : to;
    const reply = await ask(
      exposed.port,
      sane(exposed.port, asked, Buffer.from(json), `x-nash-llm-token: ${TOKEN}\r\n`),
      PATIENCE,
    );
    note("address", reply);
    promise(forbidden.calls() === 0, () => `${address(forbidden.port)} was called`);
    promise(
      !reply.raw.includes(KEY) && !reply.raw.includes(TOKEN),
      () => `a secret comes back: ${reply.raw}`,
    );
    checkAnswer(reply, true);
    promise(reply.status >= 400, () => `${reply.status} from ${address(forbidden.port)}`);
  };

  return {
    name: "requests",
    inputs,
    atOnce: 24,
    tally,
    async try(input) {
      if (input.what === "head") return tryHead(input.head, input.path, input.body);
      if (input.what === "body") return tryBody(input.path, input.body, input.isStream);
      return tryAddress(input.path, input.address);
    },
    async after() {
      for (const watch of watches) await watch();
      promise(foreignCalls === 0, "a request that may not ask reached the provider");
    },
    async stop() {
      await Promise.all([program.stop("SIGKILL"), exposed.stop("SIGKILL")]);
      forbidden.stop();
      await sandbox.stop();
    },
  };
}
