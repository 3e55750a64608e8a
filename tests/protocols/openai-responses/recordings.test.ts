import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { openaiResponses } from "../../../src/protocols/openai-responses/protocol.ts";
import { type Heard, inPieces, replay } from "../../conformance/replay.ts";
import { harmfulSplits } from "../../conformance/split-positions.ts";
import { lastResponse, recordings } from "./recordings.ts";

// Work is bounded by bytes; a slow machine may take its time.
setDefaultTimeout(120_000);

const all = recordings().map((recording) => [recording.name, recording.bytes] as const);
const complete = all.filter(([name]) => !name.includes("openai-error"));

describe("recorded streams", () => {
  test.each(complete)("%s says what its last event says", (name, bytes) => {
    const heard = replay(openaiResponses, [bytes]);
    const { output, usage } = lastResponse(bytes);
    expect(heard.last).toMatchObject({
      type: "end",
      rawReason: "completed",
      reason: heard.tools.length > 0 ? "tool_calls" : "stop",
      usage: { inputTokens: usage?.["input_tokens"], outputTokens: usage?.["output_tokens"] },
    });
    if (name.includes("refusal")) {
      expect(heard).toMatchObject({ text: "", refusal: "I cannot help." });
      return;
    }
    expect(heard.text).toBe(textIn(output, "message", "content"));
    expect(heard.reasoning).toBe(
      textIn(output, "reasoning", "summary") || textIn(output, "reasoning", "content"),
    );
    expect(heard.tools).toEqual(
      output.flatMap((item) => {
        if (item.type === "function_call")
          return [{ id: item["call_id"], name: item["name"], args: item["arguments"] }];
        if (item.type !== "custom_tool_call") return [];
        return [{ id: item["call_id"], name: item["name"], args: JSON.stringify({ input: item["input"] }) }];
      }) as Heard["tools"],
    );
  });

  test.each(all)("%s in pieces is the same", (_name, bytes) => {
    const whole = replay(openaiResponses, [bytes]);
    expect(replay(openaiResponses, inPieces(bytes, 1))).toEqual(whole);
    expect(replay(openaiResponses, inPieces(bytes, 7))).toEqual(whole);
    expect(harmfulSplits(openaiResponses, bytes, whole)).toEqual([]);
  });

  test.each(complete)("%s, cut anywhere, is incomplete until its last event", (_name, bytes) => {
    const whole = replay(openaiResponses, [bytes]);
    const finish = Buffer.from(bytes).lastIndexOf(`"type":"response.completed"`);
    const step = Math.max(1, Math.floor(bytes.length / 1_000));
    for (let place = 0; place < bytes.length; place += step) {
      const { text, refusal, last } = replay(openaiResponses, [bytes.subarray(0, place)]);
      expect((whole.text + whole.refusal).startsWith(text + refusal)).toBe(true);
      if (place <= finish) expect(last).toMatchObject({ type: "error", failure: { type: "incomplete" } });
    }
  });

  test("an error in the stream is classified by its code", () => {
    const bytes = all.find(([name]) => name.includes("openai-error"))?.[1];
    if (bytes === undefined) return;
    expect(replay(openaiResponses, [bytes]).last).toMatchObject({
      type: "error",
      failure: { type: "quota" },
    });
  });
});

function textIn(output: ReturnType<typeof lastResponse>["output"], type: string, field: string): string {
  return output
    .filter((item) => item.type === type)
    .map((item) => ((item[field] ?? []) as { text: string }[]).map(({ text }) => text).join("\n\n"))
    .join("");
}
