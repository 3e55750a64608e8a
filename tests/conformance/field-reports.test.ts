/** The inputs of ../shared/field, as far as protocols judge them; tests/protocols/field-reports has the kinds at length. */

import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ChatRequest, Message } from "../../src/core/message.ts";
import { anthropicMessages } from "../../src/protocols/anthropic-messages/protocol.ts";
import { classifyResponse } from "../../src/protocols/classify.ts";
import { withoutLeadingReasoning } from "../../src/protocols/leading-reasoning.ts";
import { openaiChat } from "../../src/protocols/openai-chat/protocol.ts";
import type { Protocol } from "../../src/protocols/protocol.ts";
import { anthropic } from "../../src/providers/anthropic.ts";
import { openaiCompatible } from "../../src/providers/compatible.ts";
import { type Answer, replyOf } from "../protocols/field-reports/support.ts";
import { type Heard, replay } from "./replay.ts";

const FOLDER = resolve(import.meta.dirname, "../../../shared/field");
const present = existsSync(FOLDER);
const COUNT = 18;
process.stdout.write(
  present
    ? `conformance: ${COUNT} reports of ../shared/field\n`
    : `conformance: ../shared/field is not there; ${COUNT} reports did not run\n`,
);

const text = (name: string) => readFileSync(join(FOLDER, name), "utf8");
const json = (name: string) => JSON.parse(text(name)) as unknown;
const heard = (name: string, protocol: Protocol = openaiChat): Heard =>
  replay(protocol, [new TextEncoder().encode(text(name))]);
const body = (name: string, provider = openaiCompatible) => {
  const { messages } = json(name) as { messages: Message[] };
  const chat: ChatRequest = { model: "m", messages, sampling: {}, includeUsage: false };
  return provider.protocol.body(chat, provider.traits);
};

if (present)
  describe("a report", () => {
    test("fail-01: a summary that the window cut", () => {
      expect(heard("fail-01-summary-cut.sse").last).toMatchObject({ type: "end", reason: "length" });
    });

    test("fail-02: an abort", () => {
      const { text: said, last } = heard("fail-02-finish-abort.sse");
      expect(said).toBe("Half an ans");
      expect(last).toMatchObject({ type: "error", failure: { type: "incomplete" } });
    });

    test("fail-03: a frame that announces a failure", () => {
      const { text: said, last } = heard("fail-03-error-frame-unknown.sse");
      expect(said).toBe("Half");
      expect(last).toMatchObject({ type: "error", failure: { message: "the engine died" } });
    });

    test("fail-04: words for a prompt that is too long", () => {
      for (const [status, error] of json("fail-04-overflow-words.json") as [number, unknown][]) {
        expect([error, classifyResponse(status, new Headers(), JSON.stringify(error)).type]).toEqual([
          error,
          "context_overflow",
        ]);
      }
    });

    test("fail-05: shapes of errors", () => {
      const bodies = json("fail-05-error-shapes.json") as [number, unknown][];
      const failures = bodies.map(([status, error]) =>
        status === 200
          ? replyOf(openaiChat, error).failure
          : classifyResponse(status, new Headers(), JSON.stringify(error)),
      );
      expect(failures.map((failure) => [failure?.type, failure?.message])).toEqual([
        ["not_found", "Could not route to /accounts/x"],
        ["quota", "Monthly quota reached"],
        ["invalid_request", "Invalid model name passed in model=nope"],
        ["invalid_request", "Invalid model name passed in model=nope"],
        ["overloaded", "Server is busy; please try again later."],
        ["authentication", "Unauthorized"],
        ["upstream", "404 NOT_FOUND"],
        ["quota", "insufficient balance"],
      ]);
    });

    test("fail-07: a message beside an empty delta", () => {
      const { text: said, end }: Answer = replyOf(
        openaiChat,
        json("fail-07-empty-delta-beside-message.json"),
      );
      expect([said, end?.reason]).toEqual(["Hello.", "stop"]);
      expect(
        replay(openaiChat, [
          new TextEncoder().encode(`data: ${text("fail-07-empty-delta-beside-message.json")}\n\n`),
        ]).text,
      ).toBe("Hello.");
    });

    test("fail-08: a whole message at the end", () => {
      expect(heard("fail-08-whole-message-last.sse").text).toBe("Hello there");
    });

    test("fail-09: a system message in the middle", () => {
      const messages = body("fail-09-system-in-the-middle.json")["messages"] as Message[];
      expect(messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
      expect(messages[0]?.content).toBe("You are terse.\n\nAnswer only BLUE.");
    });

    test("fail-10: the user between call and result", () => {
      for (const provider of [openaiCompatible, anthropic])
        expect(() => body("fail-10-user-between-call-and-result.json", provider)).not.toThrow();
      const turns = body("fail-10-user-between-call-and-result.json", anthropic)["messages"] as {
        content: { type: string }[];
      }[];
      expect(turns.at(-1)?.content.map(({ type }) => type)).toEqual(["tool_result", "text"]);
    });

    test("fail-11: a list of texts alone", () => {
      expect(body("fail-11-text-parts-alone.json")["messages"]).toEqual([{ role: "user", content: "hi" }]);
    });

    test("fail-12: half a pair in a request", () => {
      for (const provider of [openaiCompatible, anthropic]) {
        expect(JSON.stringify(body("fail-12-lone-surrogate-request.json", provider))).toContain(
          "cut emoji \ufffd",
        );
      }
    });

    test("fail-13: halves in two deltas", () => {
      expect(heard("fail-13-split-surrogate.sse").text).toBe("Look: 😀 done");
    });

    test("fail-15: cached tokens in the total alone", () => {
      expect(heard("fail-15-usage-cache-in-total.sse").last).toMatchObject({
        usage: { inputTokens: 20_004, outputTokens: 10 },
      });
    });

    test("fail-16: zeros at the end", () => {
      expect(heard("fail-16-usage-zero-delta.sse", anthropicMessages).last).toMatchObject({
        usage: { inputTokens: 15, outputTokens: 10 },
      });
    });

    test("fail-22: thought at the start of a summary", () => {
      expect(withoutLeadingReasoning(heard("fail-22-think-summary.sse").text)).toBe("Facts: ships left.");
    });

    test("fail-23: a first page of models", () => {
      const next = anthropicMessages.nextModelsUrl?.(
        new URL("https://a.example/v1/models"),
        json("fail-23-models-pages.json"),
      );
      expect(next?.search).toBe("?after_id=claude-x-19");
    });

    test("fail-25: the word null is no end", () => {
      expect(heard("fail-25-null-word.sse")).toMatchObject({
        text: "One two",
        last: { type: "error", failure: { type: "incomplete" } },
      });
    });

    test("fail-28: a key refused under 403", () => {
      const [status, error] = json("fail-28-key-refused-403.json") as [number, unknown];
      expect(classifyResponse(status, new Headers(), JSON.stringify(error))).toMatchObject({
        type: "authentication",
        message: "Authorization failed",
      });
    });
  });
