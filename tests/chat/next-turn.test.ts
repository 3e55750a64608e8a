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
} from "../support/strict-orders.ts";
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

test("the rules refuse what they should: a summary alone is no conversation for the strict", () => {
  const summary = [{ role: "assistant", content: "Previous conversation summary:\nAll." }];
  expect(openaiComplaint(summary)).toBeUndefined();
  for (const complaint of [anthropicComplaint, mistralComplaint, perplexityComplaint]) {
    expect(complaint(summary)).toBeString();
  }
  expect(openaiComplaint([{ role: "tool", content: "x", tool_call_id: "a" }])).toBeString();
});
