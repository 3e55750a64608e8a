/** Text in unusual places is told once, wherever it stands (field kind E). */

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { block, delta, END, START, stop } from "../protocols/field-reports/anthropic-events.ts";
import { chunk } from "../protocols/field-reports/support.ts";
import { askBy, type FieldProvider, startFieldProvider } from "../support/field-provider.ts";
import { type Program, startProgram } from "../support/program.ts";
import type { ProtocolName } from "../support/streams.ts";

setDefaultTimeout(60_000);

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

const ask = (protocol: ProtocolName, frames: readonly (object | string)[]) =>
  askBy("chat", program, provider, protocol, provider.play({ frames }));

const whole = (content: unknown, more: object = {}) => ({
  id: "x",
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop", ...more }],
});

/** All of these say "Hello there", once. */
const PLACES: readonly (readonly [string, ProtocolName, readonly (object | string)[]])[] = [
  [
    "a message beside an empty delta",
    "openai",
    [
      {
        choices: [
          {
            index: 0,
            delta: {},
            message: { role: "assistant", content: "Hello there" },
            finish_reason: "stop",
          },
        ],
      },
    ],
  ],
  [
    "a message beside a delta with a role",
    "openai",
    [
      {
        choices: [
          {
            index: 0,
            delta: { role: "assistant", content: "" },
            message: { content: "Hello there" },
            finish_reason: "stop",
          },
        ],
      },
    ],
  ],
  [
    "the whole message last",
    "openai",
    [
      chunk({ content: "Hello" }),
      chunk({ content: " there" }),
      {
        choices: [
          { index: 0, message: { role: "assistant", content: "Hello there" }, finish_reason: "stop" },
        ],
      },
    ],
  ],
  [
    "the whole message in a chunk after the finish",
    "openai",
    [
      chunk({ content: "Hello" }),
      chunk({ content: " there" }),
      chunk({}, "stop"),
      whole("Hello there"),
      "[DONE]",
    ],
  ],
  [
    "the whole answer again as a delta with the finish and a message",
    "openai",
    [
      chunk({ content: "Hello" }),
      chunk({ content: " there" }),
      { choices: [{ index: 0, delta: {}, message: { content: "Hello there" }, finish_reason: "stop" }] },
      "[DONE]",
    ],
  ],
  [
    "a growing message beside each delta",
    "openai",
    [
      chunk({ content: "Hello" }, null, { message: { content: "Hello" } }),
      chunk({ content: " there" }, null, { message: { content: "Hello there" } }),
      chunk({}, "stop", { message: { content: "Hello there" } }),
    ],
  ],
  [
    "a growing message without deltas",
    "openai",
    [
      { choices: [{ message: { content: "Hello" } }] },
      { choices: [{ message: { content: "Hello there" } }] },
      { choices: [{ message: { content: "Hello there" }, finish_reason: "stop" }] },
    ],
  ],
  [
    "messages as pieces",
    "openai",
    [
      { choices: [{ message: { content: "Hello" } }] },
      { choices: [{ message: { content: " there" } }] },
      { choices: [{ message: { content: "" }, finish_reason: "stop" }] },
    ],
  ],
  [
    "older completions",
    "openai",
    [
      { choices: [{ index: 0, text: "Hello", finish_reason: null }] },
      { choices: [{ index: 0, text: " there", finish_reason: "stop" }] },
    ],
  ],
  [
    "a delta that is a string",
    "openai",
    [
      { choices: [{ index: 0, delta: "Hello" }] },
      { choices: [{ index: 0, delta: " there", finish_reason: "stop" }] },
    ],
  ],
  [
    "a list of parts",
    "openai",
    [
      chunk({
        content: [
          { type: "text", text: "Hello" },
          { type: "text", text: " there" },
        ],
      }),
      chunk({}, "stop"),
    ],
  ],
  ["a part alone", "openai", [chunk({ content: { type: "text", text: "Hello there" } }), chunk({}, "stop")]],
  ["parts of strings", "openai", [chunk({ content: ["Hello", " there"] }), chunk({}, "stop")]],
  [
    "text beside content of null",
    "openai",
    [chunk({ content: null, text: "Hello there" }), chunk({}, "stop")],
  ],
  [
    "text in the last delta",
    "openai",
    [chunk({ content: "Hello" }), chunk({ content: " there" }, "stop"), "[DONE]"],
  ],
  [
    "text after the finish",
    "openai",
    [chunk({ content: "Hello" }), chunk({}, "stop"), chunk({ content: " there" }), "[DONE]"],
  ],
  [
    "text with the usage",
    "openai",
    [
      { ...chunk({ content: "Hello there" }, "stop"), usage: { prompt_tokens: 1, completion_tokens: 2 } },
      "[DONE]",
    ],
  ],
  [
    "no choices, content at the top",
    "openai",
    [{ content: "Hello there", stop: false }, { choices: [{ delta: {}, finish_reason: "stop" }] }],
  ],
  [
    "Ollama's own",
    "openai",
    [
      { model: "m", message: { role: "assistant", content: "Hello" }, done: false },
      { model: "m", message: { role: "assistant", content: " there" }, done: false },
      { model: "m", message: { role: "assistant", content: "" }, done: true, done_reason: "stop" },
    ],
  ],
  [
    "Ollama's generate",
    "openai",
    [
      { response: "Hello", done: false },
      { response: " there", done: true, done_reason: "stop" },
    ],
  ],
  [
    "Cloudflare",
    "openai",
    [
      { response: "Hello" },
      { response: " there" },
      { response: "", usage: { prompt_tokens: 1, completion_tokens: 2 } },
      "[DONE]",
    ],
  ],
  [
    "TGI",
    "openai",
    [
      { token: { id: 1, text: "Hello", special: false } },
      { token: { id: 2, text: " there", special: false } },
      {
        token: { id: 3, text: "</s>", special: true },
        generated_text: "Hello there",
        details: { finish_reason: "eos_token" },
      },
      "[DONE]",
    ],
  ],
  [
    "one choice that is no list",
    "openai",
    [{ choices: { index: 0, delta: { content: "Hello there" }, finish_reason: "stop" } }],
  ],
  [
    "a list of chunks",
    "openai",
    [[chunk({ content: "Hello" }), chunk({ content: " there" }, "stop")], "[DONE]"],
  ],
  [
    "two choices, the first alone",
    "openai",
    [
      {
        choices: [
          { index: 0, delta: { content: "Hello there" } },
          { index: 1, delta: { content: "Other" } },
        ],
      },
      {
        choices: [
          { index: 0, delta: {}, finish_reason: "stop" },
          { index: 1, delta: {}, finish_reason: "stop" },
        ],
      },
      "[DONE]",
    ],
  ],
  [
    "an index that is missing",
    "openai",
    [
      { choices: [{ delta: { content: "Hello there" } }] },
      { choices: [{ delta: {}, finish_reason: "stop" }] },
    ],
  ],
  [
    "a data prefix twice",
    "openai",
    [`data: data: ${JSON.stringify(chunk({ content: "Hello there" }))}\n\n`, "data: data: [DONE]\n\n"],
  ],
  [
    "no space after data:",
    "openai",
    [`data:${JSON.stringify(chunk({ content: "Hello there" }, "stop"))}\n\ndata:[DONE]\n\n`],
  ],
  ["a whole completion as the one event", "openai", [whole("Hello there"), "[DONE]"]],
  ["a whole completion of parts", "openai", [whole([{ type: "text", text: "Hello there" }]), "[DONE]"]],
  ["in the start of a block", "anthropic", [START, block("Hello"), delta(" there"), stop(), ...END]],
  ["only in the start of a block", "anthropic", [START, block("Hello there"), stop(), ...END]],
  [
    "in message_start",
    "anthropic",
    [{ ...START, message: { ...START.message, content: [{ type: "text", text: "Hello there" }] } }, ...END],
  ],
  [
    "again in content_block_stop",
    "anthropic",
    [
      START,
      block(""),
      delta("Hello"),
      delta(" there"),
      { ...stop(), content_block: { type: "text", text: "Hello there" } },
      ...END,
    ],
  ],
  [
    "only in content_block_stop",
    "anthropic",
    [START, block(""), { ...stop(), content_block: { type: "text", text: "Hello there" } }, ...END],
  ],
  [
    "again in message_stop",
    "anthropic",
    [
      START,
      block(""),
      delta("Hello there"),
      stop(),
      END[0] ?? {},
      { type: "message_stop", message: { content: [{ type: "text", text: "Hello there" }] } },
    ],
  ],
  ["without content_block_start", "anthropic", [START, delta("Hello"), delta(" there"), stop(), ...END]],
  ["without content_block_stop", "anthropic", [START, block(""), delta("Hello there"), ...END]],
  [
    "in two blocks",
    "anthropic",
    [START, block(""), delta("Hello"), stop(), block("", 1), delta(" there", 1), stop(1), ...END],
  ],
  ["without message_start", "anthropic", [block(""), delta("Hello there"), stop(), ...END]],
  [
    "a delta without its type",
    "anthropic",
    [
      START,
      block(""),
      { type: "content_block_delta", index: 0, delta: { text: "Hello there" } },
      stop(),
      ...END,
    ],
  ],
  [
    "a whole message as an event",
    "anthropic",
    [
      {
        type: "message",
        role: "assistant",
        content: [{ type: "text", text: "Hello there" }],
        stop_reason: "end_turn",
        usage: { input_tokens: 1, output_tokens: 2 },
      },
    ],
  ],
  [
    "events without names",
    "anthropic",
    [START, block(""), delta("Hello there"), stop(), ...END].map(
      (frame) => `data: ${JSON.stringify(frame)}\n\n`,
    ),
  ],
  ["[DONE] after it", "anthropic", [START, block(""), delta("Hello there"), stop(), ...END, "[DONE]"]],
];

test.each(PLACES)("%s, in %s", async (_name, protocol, frames) => {
  const chat = await ask(protocol, frames);
  expect([chat.status, chat.text, chat.error]).toEqual([200, "Hello there", undefined]);
  const model = provider.play({ frames });
  for (const way of [
    "summary stream",
    "completions stream",
    "messages",
    "messages stream",
    "responses stream",
  ] as const) {
    const told = await askBy(way, program, provider, protocol, model);
    expect([way, told.status, told.text, told.error]).toEqual([way, 200, "Hello there", undefined]);
  }
});
