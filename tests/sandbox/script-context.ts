import { PLAIN_REQUEST, type ScriptContext, type Turn } from "../../src/sandbox/parsed-request.ts";

/** What a script is told of a request with this text. */
export function context(text: string, { system = "", before = [] as Turn[] } = {}): ScriptContext {
  return {
    ...PLAIN_REQUEST,
    model: "demo",
    protocol: "openai",
    options: [],
    key: "k",
    stream: true,
    system,
    turns: [...before, { role: "user", text }],
    text,
    inputTokens: 1,
    limit: undefined,
    afterTool: false,
    body: {},
    firstOfTwo: () => true,
  };
}
