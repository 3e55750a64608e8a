import { expect, test } from "bun:test";
import type { Batch } from "../../src/core/event.ts";
import { Secret } from "../../src/core/secret.ts";
import { TIMERS } from "../../src/core/timer-queue.ts";
import { openaiChat } from "../../src/protocols/openai-chat/protocol.ts";
import { Attempt, type AttemptOptions, type ProviderRequest } from "../../src/upstream/attempt.ts";
import { DEFAULT_TIMEOUTS } from "../../src/upstream/timeouts.ts";
import { FRAMES, wholeStream } from "../support/streams.ts";

const KEY = "sk-planted-0123456789";
const REQUEST: ProviderRequest = {
  protocol: openaiChat,
  url: new URL("http://provider.test/v1/chat/completions"),
  headers: {},
  body: "{}",
  secrets: [new Secret(KEY)],
  chat: { model: "m", messages: [], sampling: {}, includeUsage: false },
  passThrough: false,
};

/** An attempt whose provider answers with this, and the signal that would end it. */
function attempting(respond: (signal: AbortSignal) => Response, more: Partial<ProviderRequest> = {}) {
  const { signal } = new AbortController();
  const listeners = { added: 0, removed: 0 };
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners.added++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners.removed++;
    remove(...args);
  };
  const options: AttemptOptions = {
    fetch: async (_url, init) => respond(init.signal),
    timeouts: DEFAULT_TIMEOUTS,
    limits: { maxLine: 100_000, maxAnswer: 1_000_000 },
  };
  const attempt = new Attempt({ ...REQUEST, ...more }, options, performance.now(), signal);
  return { attempt, listeners };
}

async function readAll(attempt: Attempt): Promise<Batch> {
  const events: Batch[number][] = [];
  for (let batch = await attempt.next(); batch !== undefined; batch = await attempt.next())
    events.push(...batch);
  return events;
}

const stream = (text: string) => new Response(text, { headers: { "content-type": "text/event-stream" } });

test.each([
  ["a whole answer", () => stream(wholeStream("openai", ["Hello"])), "end"],
  ["one that is cut", () => stream(FRAMES.openai.opening + FRAMES.openai.text("Hel")), "error"],
  ["a refusal", () => Response.json({ error: { message: "no" } }, { status: 401 }), "error"],
  ["no stream", () => new Response("<h1>x</h1>", { headers: { "content-type": "text/html" } }), "error"],
  [
    "JSON",
    () => Response.json({ choices: [{ message: { content: "Hello" }, finish_reason: "stop" }] }),
    "end",
  ],
])("%s leaves neither a timer nor a listener behind", async (_, respond, last) => {
  const timers = TIMERS.size;
  const { attempt, listeners } = attempting(respond);
  const events = await readAll(attempt);
  expect(events.at(-1)?.type).toBe(last as "end");
  // The rest of a body may still be read, for a second at most.
  while (TIMERS.size > timers) await Bun.sleep(5);
  expect(listeners).toEqual({ added: 1, removed: 1 });
  expect(await attempt.next()).toBeUndefined();
  expect(TIMERS.size).toBe(timers);
});

test("a fetch that fails ends the provider's request and is the one event", async () => {
  let given: AbortSignal | undefined;
  const { attempt } = attempting((signal) => {
    given = signal;
    throw Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
  });
  const events = await readAll(attempt);
  expect(events).toEqual([
    { type: "error", failure: { type: "network", message: "Nothing answers at provider.test." } },
  ]);
  expect(given?.aborted).toBe(true);
});

test("frames pass in front of their events, none behind the end, and a key in an error does not pass", async () => {
  const error = `data: {"error":{"message":"${KEY} is wrong"}}\n\n`;
  const sent = FRAMES.openai.opening + FRAMES.openai.text("Hel") + error + FRAMES.openai.text("lo");
  const { attempt } = attempting(() => stream(sent), { passThrough: true });
  const events = await readAll(attempt);
  expect(events.filter(({ type }) => type !== "frame").map(({ type }) => type)).toEqual(["text", "error"]);
  const last = events.at(-1);
  expect(last?.type === "error" ? last.failure.message : "").toBe("[redacted] is wrong");
  expect(events.findIndex(({ type }) => type === "text")).toBeGreaterThan(0);
});

test("a protocol that finds nothing in a reply leaves no answer without an end", async () => {
  const protocol = { ...openaiChat, reply: () => undefined };
  const { attempt } = attempting(() => Response.json({}), { protocol });
  expect(await readAll(attempt)).toMatchObject([{ type: "error", failure: { type: "incomplete" } }]);
});
