import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { putTogether, takeApart } from "../../src/chat/passage.ts";
import type { Message } from "../../src/core/message.ts";
import { resolveProvider } from "../../src/providers/index.ts";
import {
  anthropicComplaint,
  mistralComplaint,
  openaiComplaint,
  perplexityComplaint,
  templateComplaint,
} from "../support/message-order-rules.ts";
import { assistant, calls, developer, result, system, user } from "./messages.ts";

/** The messages that a summary gives, with a further question: what each provider would be sent, judged by its rules. */

type Complaint = typeof openaiComplaint;

const PROVIDERS: readonly (readonly [
  address: string,
  model: string,
  complaint: Complaint,
  tools: boolean,
])[] = [
  ["https://api.openai.com/v1", "gpt-4o", openaiComplaint, true],
  ["https://api.anthropic.com", "claude-sonnet-4-5", anthropicComplaint, true],
  ["https://api.mistral.ai/v1", "mistral-large-latest", mistralComplaint, true],
  ["https://api.perplexity.ai", "sonar", perplexityComplaint, false],
  ["http://localhost:11434/v1", "llama3.1", openaiComplaint, true],
  ["http://localhost:8080/v1", "gemma-3-27b-it", templateComplaint, true],
  ["http://gpu.internal:9000/v1", "Mistral-7B-Instruct-v0.3", templateComplaint, true],
];

const word = fc.constantFrom("Yes.", "No.", "Why?", "Look again.");
const plain = fc.oneof(word.map(user), word.map(assistant), word.map(system), word.map(developer));
const lookup = fc.constant([
  calls(["call_1", "look", "{}"], ["call_2", "look", '{"n":2}']),
  result("call_1", "one"),
  result("call_2", "two"),
  assistant("Found."),
]);

/** Any order of plain messages, with complete calls between them. */
const conversation = (withTools: boolean) =>
  fc
    .array(
      withTools
        ? fc.oneof(
            plain.map((one) => [one]),
            lookup,
          )
        : plain.map((one) => [one]),
      { maxLength: 8 },
    )
    .map((turns): Message[] => [user("Hello."), ...turns.flat()]);

describe.each(PROVIDERS)("%s takes the next turn", (address, model, complaint, tools) => {
  const { protocol, traits } = resolveProvider(new URL(address), model);
  const refusal = (messages: readonly Message[]) => {
    const body = protocol.body({ model, messages, sampling: {}, includeUsage: false }, traits);
    return complaint(body["messages"] as Parameters<Complaint>[0]);
  };

  test("after any summary", () => {
    fc.assert(
      fc.property(conversation(tools), fc.integer({ min: 0, max: 12 }), (messages, keepLast) => {
        const said = messages.filter(({ role }) => role !== "system" && role !== "developer");
        fc.pre(keepLast < said.length);
        const passage = takeApart(messages, keepLast);
        const next = [...putTogether(passage, "Facts: all of them."), user("And now?")];
        expect(refusal(next)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test("and the one after the second summary", () => {
    const first = putTogether(
      takeApart([system("Be kind."), user("Hi."), assistant("Hello."), user("Go.")], 1),
      "Old.",
    );
    const second = putTogether(takeApart([...first, assistant("Gone."), user("Back.")], 2), "Older.");
    expect(refusal([...second, assistant("Here."), user("Good.")])).toBeUndefined();
  });
});

describe.each(PROVIDERS.filter(([, , , tools]) => tools))(
  "%s takes the next turn",
  (address, model, complaint) => {
    const { protocol, traits } = resolveProvider(new URL(address), model);

    test("after a summary that was made while a tool's result waited for its answer", () => {
      const messages = [
        assistant("Hi."),
        user("Look."),
        calls(["call_1", "look", "{}"]),
        result("call_1", "one"),
      ];
      const next = [...putTogether(takeApart(messages, 2), "Facts."), user("And now?")];
      const body = protocol.body({ model, messages: next, sampling: {}, includeUsage: false }, traits);
      expect(complaint(body["messages"] as Parameters<Complaint>[0])).toBeUndefined();
    });
  },
);

test("the rules refuse what they should: a summary alone is no conversation for the strict", () => {
  const summary = [{ role: "assistant", content: "Previous conversation summary:\nAll." }];
  expect(openaiComplaint(summary)).toBeUndefined();
  for (const complaint of [anthropicComplaint, mistralComplaint, perplexityComplaint, templateComplaint]) {
    expect(complaint(summary)).toBeString();
  }
  expect(openaiComplaint([{ role: "tool", content: "x", tool_call_id: "a" }])).toBeString();
});
