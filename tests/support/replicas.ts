import { CHAT, chatBody, post } from "./answers.ts";
import { type Program, startProgram } from "./program.ts";
import { type Redis, startRedis } from "./redis.ts";

/** Servers that share a store of the test's own, before a provider that says a token every 20 ms. */

const TOKEN_MS = 20;
export const STORE_KEY = "k".repeat(40);

export interface Replicas extends AsyncDisposable {
  readonly redis: Redis;
  /** The provider's base URL. With `broken` in its path it fails. */
  readonly address: string;
  /** How often the provider was left, and asked where it fails. */
  left(): number;
  failed(): number;
  /** Starts a server. */
  start(args?: readonly string[]): Promise<Program>;
  /** Begins a resumable answer of so many tokens, each of so many characters more than it takes to number it. */
  begin(
    program: Program,
    tokens: number,
    characters?: number,
  ): Promise<{ id: string; text: Promise<string> }>;
}

/** Nothing where neither Redis nor Valkey is installed. */
export async function startReplicas(): Promise<Replicas | undefined> {
  const redis = await startRedis();
  if (redis === undefined) return undefined;
  let left = 0;
  let failed = 0;
  const provider = startProvider({ onLeft: () => left++, onFailed: () => failed++ });
  const address = `http://127.0.0.1:${provider.port}/v1`;
  const programs: Program[] = [];
  return {
    redis,
    address,
    left: () => left,
    failed: () => failed,
    async start(args = []) {
      const program = await startProgram({
        args: ["--no-detect", "--store", redis.url, ...args],
        env: { NASH_LLM_STORE_PASSWORD: redis.password, NASH_LLM_STORE_KEY: STORE_KEY },
      });
      programs.push(program);
      await until(async () => (await ready(program)) === "ready");
      return program;
    },
    async begin(program, tokens, characters = 0) {
      const options = { stream_options: { resumable: true, include_receipt: true } };
      const response = await post(program, CHAT, chatBody(address, `m-${characters}-${tokens}`, options));
      return {
        id: response.headers.get("x-answer-id") ?? "",
        text: response.text().catch(() => "broken off"),
      };
    },
    async [Symbol.asyncDispose]() {
      for (const program of programs) await program.stop("SIGKILL").catch(() => undefined);
      await redis[Symbol.asyncDispose]();
      await provider.stop(true);
    },
  };
}

/** Says as many tokens as the model's name has behind its last hyphen, as long as the number before says. */
function startProvider({ onLeft, onFailed }: Record<"onLeft" | "onFailed", () => void>) {
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      if (request.url.includes("/broken/")) {
        onFailed();
        return new Response("{}", { status: 503 });
      }
      const { model } = (await request.json()) as { readonly model: string };
      const [, characters = 0, tokens = 0] = /(?:-(\d+))?-(\d+)$/.exec(model)?.map(Number) ?? [];
      const padding = "x".repeat(characters || 0);
      const encoder = new TextEncoder();
      return new Response(
        new ReadableStream({
          async start(controller) {
            const send = (data: string) => controller.enqueue(encoder.encode(`data: ${data}\n\n`));
            try {
              for (let i = 1; i <= tokens; i++) {
                const content = `tok-${i} ü€😀 ${padding}`;
                send(JSON.stringify({ choices: [{ index: 0, delta: { content } }] }));
                await Bun.sleep(TOKEN_MS);
              }
              send(JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }));
              send("[DONE]");
              controller.close();
            } catch {
              onLeft();
            }
          },
          cancel: onLeft,
        }),
        { headers: { "content-type": "text/event-stream" } },
      );
    },
  });
}

export async function ready(program: Program): Promise<string> {
  const response = await fetch(`${program.url}/ready`);
  return `${((await response.json()) as { status: string }).status}${response.status === 200 ? "" : response.status}`;
}

export async function until(holds: () => boolean | Promise<boolean>, ms = 15_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${holds}`);
    await Bun.sleep(20);
  }
}

export const resume = (program: Program, id: string, behind?: number) =>
  fetch(`${program.url}/v1/answers/${id}`, {
    headers: behind === undefined ? {} : { "last-event-id": String(behind) },
  });

/** Without comments, which each reader gets when it needs them. */
export const data = (stream: string) => stream.replace(/^:[^\n]*\n\n/gm, "");
