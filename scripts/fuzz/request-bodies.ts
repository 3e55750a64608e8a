/** Bodies that clients should not send. */

import fc from "fast-check";
import { SESSION } from "../../tests/support/answers.ts";
import { anyJson, mutated, mutations } from "./hostile-streams.ts";

/** A marked key: it goes to the provider and must be found nowhere else. */
export const KEY = "sk-planted-5f1d2c3b4a69788796a5b4c3d2e1f00f";

export const PATHS = [
  "/v1/chat/completions/stream",
  "/v1/chat/summarize",
  "/v1/chat/tokens",
  "/v1/chat/models",
] as const;

/** Models of the sandbox that take no time, and names that are none. */
const MODELS = [
  "demo",
  "demo-echo",
  "demo-fast",
  "demo-burst",
  "demo-reasoning",
  "demo-tool",
  "demo-empty",
  "demo-length",
  "demo-refusal",
  "demo-filter",
  "demo-400",
  "demo-401",
  "demo-402",
  "demo-403",
  "demo-404",
  "demo-413",
  "demo-429",
  "demo-quota",
  "demo-500",
  "demo-502",
  "demo-503",
  "demo-529",
  "demo-overflow",
  "demo-echo-key",
  "demo-redirect",
  "demo-html",
  "demo-cut",
  "demo-reset",
  "demo-json",
  "demo-error-first",
  "demo-error-mid",
  "demo-error-late",
  "demo-bad-json",
  "demo-bad-utf8",
  "demo-bom",
  "demo-crlf",
  "demo-window",
  "claude-demo",
  "gpt-4o",
  "no such model",
  "\0",
] as const;

const ROLES = ["system", "developer", "user", "assistant", "tool"] as const;

const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 30 }) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 30 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "\ud800",
      "\udc00\ud800",
      "\0",
      "\u2028",
      "data: [DONE]\n\n",
      "<|endoftext|>",
      "\ufeff",
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom("a", " ", "日", "\n", "\ud83d\ude00"), fc.nat(3_000))
      .map(([one, times]) => one.repeat(times)),
  },
);

const part = fc.oneof(
  fc.record({ type: fc.constant("text"), text }),
  fc.record({
    type: fc.constant("image_url"),
    image_url: fc.record({
      url: fc.constantFrom("https://x.invalid/a.png", "data:image/png;base64,AA==", "data:,", ""),
    }),
  }),
);
const call = fc.record({
  id: text,
  type: fc.constant("function"),
  function: fc.record({ name: text, arguments: text }),
});
const message = fc.record(
  {
    role: fc.constantFrom(...ROLES),
    content: fc.oneof(
      { weight: 5, arbitrary: text },
      { weight: 1, arbitrary: fc.constant(null) },
      { weight: 2, arbitrary: fc.array(part, { maxLength: 3 }) },
    ),
    name: text,
    tool_calls: fc.array(call, { maxLength: 2 }),
    tool_call_id: text,
  },
  { requiredKeys: ["role", "content"] },
);
const plainMessage = fc.record({ role: fc.constantFrom("user", "assistant", "system"), content: text });

/** What stands in place of a value, where JSON itself has no word for it. */
const RAW: Readonly<Record<string, string>> = {
  "@deep": `${"[".repeat(70)}1${"]".repeat(70)}`,
  "@deeper": '{"a":'.repeat(3_000),
  "@huge": "1e999",
  "@long": "1".repeat(400),
  "@minus": "-",
  "@octal": "007",
  "@nan": "NaN",
  "@twice": '1,"model":"demo","model":"gpt-4o"',
  "@proto": '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  "@surrogate": '"\\ud800"',
  "@escape": '"\\x"',
  "@text": `"${"x".repeat(100_000)}"`,
};

const hostile: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: anyJson },
  { weight: 3, arbitrary: fc.constantFrom(...Object.keys(RAW)) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, "", 0, -1, 1e308, 2.5, [], {}, true) },
);

const OPTIONAL = [
  "session_id",
  "provider",
  "temperature",
  "top_p",
  "max_tokens",
  "stop",
  "seed",
  "reasoning_effort",
  "provider_options",
  "stream_options",
  "stream",
  "keep_last",
] as const;
const NAMES = [
  ...OPTIONAL,
  "messages",
  "model",
  "api_key",
  "api_base_url",
  "__proto__",
  "constructor",
  "toString",
  "apikey",
  "",
  "a/b~c",
  "messsages",
] as const;
/** Fields of which nothing comes back, so that the key may stand there. */
const SILENT = [
  "session_id",
  "provider",
  "temperature",
  "model",
  "stop",
  "api_base_url",
  "keep_last",
  "stream",
  "apikey",
  "toString",
] as const;

type Field = readonly [name: string, value: unknown];

const change: fc.Arbitrary<Field> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom<string>(...NAMES), hostile) },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom<string>(...SILENT),
      fc.constantFrom<unknown>(KEY, [KEY], { a: KEY }, { [KEY]: 1 }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constant("provider"), fc.constantFrom<unknown>("openai", "anthropic")),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constant("temperature"), fc.double({ min: -1, max: 3, noNaN: true })) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("max_tokens"), fc.integer({ min: -1, max: 100_000 })) },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constant("stream_options"),
      fc.constant({ include_usage: true, include_reasoning: true }),
    ),
  },
);

/** A body as text, given the provider's address. */
export interface Body {
  text(url: string): Uint8Array;
}

const FIELDS: Readonly<Record<(typeof PATHS)[number], readonly string[]>> = {
  "/v1/chat/completions/stream": ["messages", "model", "api_key", "api_base_url", "session_id"],
  "/v1/chat/summarize": ["messages", "model", "api_key", "api_base_url", "session_id"],
  "/v1/chat/tokens": ["messages", "model"],
  "/v1/chat/models": ["api_key", "api_base_url"],
};

/** A body for a path, with something wrong about it more often than not. */
export function bodyFor(path: (typeof PATHS)[number]): fc.Arbitrary<Body> {
  return fc
    .record({
      messages: fc.oneof(
        { weight: 3, arbitrary: fc.array(plainMessage, { minLength: 1, maxLength: 4 }) },
        { weight: 2, arbitrary: fc.array(message, { maxLength: 4 }) },
      ),
      model: fc.constantFrom(...MODELS),
      changes: fc.oneof(fc.constant([]), fc.array(change, { maxLength: 2 })),
      breaks: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: mutations }),
    })
    .map(({ messages, model, changes, breaks }) => {
      const all: readonly Field[] = changes;
      // A key elsewhere is known by the one in its own field, which must then be left as it is.
      const isPlanted = all.some(([, value]) => JSON.stringify(value)?.includes(KEY));
      const kept = isPlanted ? all.filter(([name]) => name !== "api_key") : all;
      const text = (url: string) => {
        const own: Record<string, unknown> = {
          messages,
          model,
          api_key: KEY,
          api_base_url: url,
          session_id: SESSION,
        };
        const fields = [...FIELDS[path].map((name): Field => [name, own[name]]), ...kept];
        const json = `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${jsonOf(value)}`).join(",")}}`;
        return mutated(new TextEncoder().encode(json), isPlanted ? [] : breaks);
      };
      return Object.assign({ text }, { toString: () => new TextDecoder().decode(text("<url>")) });
    });
}

function jsonOf(value: unknown): string {
  return (typeof value === "string" ? RAW[value] : undefined) ?? JSON.stringify(value);
}
