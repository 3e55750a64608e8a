import fc from "fast-check";
import type { ContentPart, Message, ToolCall } from "../../src/core/message.ts";

/** A pixel, as good as any image. */
export const PNG = "data:image/png;base64,iVBORw0KGgo=";

const words = fc.stringMatching(/^[a-z]{1,8}( [a-z🦔é]{1,8}){0,3}$/u).map((text) => text.toWellFormed());
const blank = fc.constantFrom("", " ", "\n\n", "\t");
const text = fc.oneof({ weight: 5, arbitrary: words }, { weight: 1, arbitrary: blank });
const textPart = text.map((content): ContentPart => ({ type: "text", text: content }));
const imagePart = fc
  .constantFrom(PNG, "https://igel.example/a.png")
  .map((url): ContentPart => ({ type: "image_url", image_url: { url } }));

const system = fc
  .tuple(fc.constantFrom("system", "developer"), text)
  .map(([role, content]): Message[] => [{ role, content }]);

const user = fc
  .tuple(
    fc.oneof(text, fc.array(fc.oneof(textPart, imagePart), { minLength: 1, maxLength: 3 })),
    fc.option(fc.constantFrom("ada", "bo"), { nil: undefined }),
  )
  .map(([content, name]): Message[] => [{ role: "user", content, ...(name === undefined ? {} : { name }) }]);

const assistant = fc
  .oneof(text, fc.array(textPart, { minLength: 1, maxLength: 2 }))
  .map((content): Message[] => [{ role: "assistant", content }]);

const ids = fc.uniqueArray(fc.constantFrom("call_1", "toolu_2", "weigh:0", "365174485", "abc123XYZ"), {
  minLength: 1,
  maxLength: 3,
});

/** Calls of tools and every one of their results, in any order. */
const exchange = fc
  .tuple(ids, fc.oneof(text, fc.constant(null)), fc.array(text, { minLength: 3, maxLength: 3 }), fc.boolean())
  .map(([calls, content, results, reversed]): Message[] => {
    const toolCalls = calls.map(
      (id, i): ToolCall => ({
        id,
        type: "function",
        function: { name: "feed", arguments: ["", "{}", '{"grams":5}'][i] ?? "" },
      }),
    );
    const answers = calls.map(
      (id, i): Message => ({ role: "tool", tool_call_id: id, content: results[i] ?? "" }),
    );
    return [
      { role: "assistant", content, tool_calls: toolCalls },
      ...(reversed ? answers.reverse() : answers),
    ];
  });

/** Any conversation that OpenAI takes: whoever speaks first or last, system messages anywhere, blank texts too. */
export const conversation = fc
  .array(fc.oneof(system, user, user, assistant, assistant, exchange), { minLength: 1, maxLength: 8 })
  .map((pieces) => pieces.flat());

/** The texts of these roles that are not blank, in order. */
export function textsOf(messages: readonly Message[], ...roles: Message["role"][]): string[] {
  return messages
    .filter(({ role }) => roles.includes(role))
    .flatMap(({ content }) => {
      if (typeof content === "string") return [content];
      return (content ?? []).flatMap((part) => (part.type === "text" ? [part.text] : []));
    })
    .filter((content) => content.trim() !== "");
}
