import { describe, expect, test } from "bun:test";
import {
  asksForCompaction,
  compactedResponse,
  compactionChat,
  compactionItem,
} from "../../../src/api/openai-responses/compaction.ts";
import { inputTokensReply } from "../../../src/api/openai-responses/dialect.ts";
import { ResponsesEncoder } from "../../../src/api/openai-responses/encoder.ts";
import { parseResponses } from "../../../src/api/openai-responses/parse.ts";
import type { CompactBody } from "../../../src/api/openai-responses/schema.ts";
import { wholeCompaction } from "../../../src/api/openai-responses/whole.ts";
import { ChatError } from "../../../src/core/failure.ts";
import { Translation } from "../../../src/core/translation.ts";
import { openaiResponses } from "../../../src/protocols/openai-responses/protocol.ts";
import { OPENAI_TRAITS } from "../../../src/protocols/traits.ts";
import { encode, ID } from "../dialect-support.ts";
import { contextOf, judged, sentEvents } from "./support.ts";

const TRIGGER = { type: "compaction_trigger" };
const TALK = [
  { type: "message", role: "developer", content: [{ type: "input_text", text: "Be brief." }] },
  { role: "user", content: "Hi" },
  { type: "message", role: "assistant", content: [{ type: "output_text", text: "Hello." }] },
];

const body = (...input: Record<string, unknown>[]): CompactBody => ({ model: "m", input });

test("Codex asks for a compaction with the last item, unless the provider compacts itself", () => {
  expect(asksForCompaction(body(...TALK, TRIGGER), "openai")).toBe(true);
  expect(asksForCompaction(body(...TALK, TRIGGER), "responses")).toBe(false);
  expect(asksForCompaction(body(...TALK), "anthropic")).toBe(false);
  expect(asksForCompaction({ input: "Hi" }, "anthropic")).toBe(false);
});

describe("the conversation that is summarized", () => {
  test("is all that stands before the trigger, without tools", () => {
    expect(compactionChat({ ...body(...TALK, TRIGGER), instructions: "I" })).toEqual({
      model: "m",
      messages: [
        { role: "system", content: "I" },
        { role: "developer", content: [{ type: "text", text: "Be brief." }] },
        { role: "user", content: "Hi" },
        { role: "assistant", content: "Hello." },
      ],
      sampling: {},
      includeUsage: true,
    });
  });

  test("is not empty", () => {
    expect(() => compactionChat(body(TRIGGER))).toThrow(ChatError);
    expect(() => compactionChat(body(TALK[0] ?? {}, TRIGGER))).toThrow("nothing to compact");
  });
});

describe("the answer", () => {
  const usage = { inputTokens: 9, outputTokens: 3 };
  const summary = 'They met. "Ü"';

  test("is a stream with exactly one item, which OpenAI's SDK accepts", async () => {
    const encoder = new ResponsesEncoder(contextOf());
    const frames = encoder.begin() + encoder.idle() + encoder.compaction(summary, usage);
    const { response } = await judged(frames);
    const events = sentEvents(frames.replace(encoder.idle(), ""));
    expect(events.map(({ type }) => type)).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(response.output).toEqual([
      { id: `cmp_${ID}`, type: "compaction", encrypted_content: expect.stringMatching(/^nash1:/) },
    ]);
    expect(response.usage?.total_tokens).toBe(12);
  });

  test("is the same where it is not streamed", () => {
    const frames = new ResponsesEncoder(contextOf()).compaction(summary, usage);
    expect(wholeCompaction(summary, usage, contextOf())).toEqual(
      sentEvents(frames).at(-1)?.["response"] as never,
    );
  });

  test("is refused, not passed over, where nobody makes it", () => {
    const parse = () => parseResponses(body(...TALK, TRIGGER), "anthropic", new Translation());
    expect(parse).toThrow("takes the place of an answer");
  });

  test("that fails, fails as any other", () => {
    const failure = { type: "bad_output", message: "The provider's summary is empty." } as const;
    const frames = encode(new ResponsesEncoder(contextOf()), [{ type: "error", failure }]);
    expect(sentEvents(frames).at(-1)).toMatchObject({ type: "response.failed" });
    expect(frames).not.toContain("compaction");
  });

  test("of the path of its own keeps what was asked of the model", () => {
    const input = [...TALK, { type: "function_call", call_id: "c", name: "f", arguments: "{}" }];
    expect(compactedResponse(body(...input), { id: ID, created: 5, summary, usage })).toMatchObject({
      id: `resp_${ID}`,
      object: "response.compaction",
      created_at: 5,
      output: [
        { type: "message", role: "developer", content: [{ type: "input_text", text: "Be brief." }] },
        { type: "message", role: "user", content: [{ type: "input_text", text: "Hi" }] },
        { type: "compaction", id: `cmp_${ID}` },
      ],
      usage: { total_tokens: 12 },
    });
  });

  test("is read back, by us and for a provider that speaks Responses", () => {
    const input = [compactionItem(ID, summary), { type: "message", role: "user", content: "And?" }];
    const said = `Previous conversation summary:\n${summary}`;
    expect(parseResponses({ model: "m", input }, "anthropic", new Translation()).messages).toEqual([
      { role: "assistant", content: said },
      { role: "user", content: "And?" },
    ]);
    expect(openaiResponses.passThrough?.({ model: "m", input }, "m", OPENAI_TRAITS)["input"]).toEqual([
      { type: "message", role: "assistant", content: said },
      { type: "message", role: "user", content: "And?" },
    ]);
  });

  test("of a provider goes back to it untouched", () => {
    const input = [{ type: "compaction", id: "cmp_1", encrypted_content: "gAAA" }, TRIGGER];
    expect(openaiResponses.passThrough?.({ input }, "m", OPENAI_TRAITS)["input"]).toEqual(input);
  });
});

test("tokens of an input", () => {
  expect(inputTokensReply(12)).toEqual({ object: "response.input_tokens", input_tokens: 12 });
});
