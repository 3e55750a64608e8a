import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { APIError as AnthropicAPIError, AnthropicError } from "@anthropic-ai/sdk";
import { APIError as OpenAIAPIError, OpenAIError } from "openai";
import { CLIENTS } from "../support/dialect-clients.ts";
import { type Pairs, PROTOCOLS, startPairs } from "../support/pairs.ts";

/** Every dialect with every protocol of providers: the vendors' own SDKs through the program to a strict provider. */

setDefaultTimeout(60_000);

const DIALECTS = ["chat", "messages", "responses"] as const;
const PAIRS = DIALECTS.flatMap((dialect) => PROTOCOLS.map((protocol) => [dialect, protocol] as const));
const BOTH = [
  ["streamed", true],
  ["whole", false],
] as const;

let pairs: Pairs;
beforeAll(async () => {
  pairs = await startPairs({ pace: 0 });
});
afterAll(() => pairs.stop());

const clientOf = (dialect: (typeof DIALECTS)[number], protocol: (typeof PROTOCOLS)[number]) =>
  CLIENTS[dialect](pairs.baseUrl(protocol));

const OWN_PROTOCOL = { chat: "openai", messages: "anthropic", responses: "responses" } as const;

describe.each(PAIRS)("%s client, %s provider", (dialect, protocol) => {
  const isSame = OWN_PROTOCOL[dialect] === protocol;
  /** OpenAI's reasoning models refuse `max_tokens`, which a server on loopback is sent and Anthropic's clients must send. */
  const isRefusedHere = (model: string) =>
    model === "demo-reasoning-tool" && dialect === "messages" && protocol === "openai";

  describe.each(BOTH)("%s", (_, streamed) => {
    test("a text comes whole, to the letter, with its tokens", async () => {
      const heard = await clientOf(dialect, protocol).ask("demo-echo", streamed);
      expect([heard.text, heard.finish, heard.calls]).toEqual(["What is the weather in Paris?", "stop", []]);
      expect(heard.tokens[0]).toBeGreaterThan(0);
      expect(heard.tokens[1]).toBeGreaterThan(0);
    });

    test("an answer that was cut for length says so", async () => {
      expect((await clientOf(dialect, protocol).ask("demo-length", streamed)).finish).toBe("length");
    });

    test.each([
      ["demo-tool", 1],
      ["demo-parallel", 2],
      ["demo-interleaved", 2],
      ["demo-text-calls", 2],
      ["demo-stop-calls", 1],
      ["demo-reasoning-tool", 1],
    ])("calls of %s are whole and callable", async (model, many) => {
      if (isRefusedHere(model)) return;
      const { calls, finish } = await clientOf(dialect, protocol).ask(model, streamed, "offered");
      // In OpenAI's chat a sloppy provider's word passes through: its SDKs go by the calls.
      const said = model === "demo-stop-calls" && isSame && dialect === "chat" ? "stop" : "tool";
      expect([calls.length, finish]).toEqual([many, said]);
      expect(new Set(calls.map(({ id }) => id)).size).toBe(many);
      for (const { name, input } of calls) {
        expect(name).toBe("get_weather");
        expect(input).toBeObject();
      }
    });

    test("a call without arguments has an empty object", async () => {
      const { calls } = await clientOf(dialect, protocol).ask("demo-no-arguments", streamed, "offered");
      expect(calls.map(({ input }) => input)).toEqual([{}]);
    });

    test.each(["demo-obedient", "demo-reasoning-tool", "demo-parallel"])(
      "three turns of %s: what came is stored, sent back, and accepted",
      async (model) => {
        if (isRefusedHere(model)) return;
        const client = clientOf(dialect, protocol);
        const first = await client.ask(model, streamed, "offered");
        expect(first.calls.length).toBeGreaterThan(0);
        const second = await client.goOn(model, streamed);
        const third = await client.goOn(model, streamed);
        for (const turn of [second, third]) expect(turn.text !== "" || turn.calls.length > 0).toBe(true);
      },
    );

    test.each(["demo-cut", "demo-error-mid", "demo-bad-json", "demo-cut-call", "demo-error-call"])(
      "%s raises: no SDK takes it for whole",
      async (model) => {
        const asked = clientOf(dialect, protocol).ask(model, streamed, "offered");
        const error = await asked.then(
          (heard) => heard,
          (raised: unknown) => raised,
        );
        expect(error instanceof OpenAIError || error instanceof AnthropicError).toBe(true);
      },
    );

    test.each([
      ["demo-429", { chat: 429, messages: 429, responses: 429 }],
      ["demo-401", { chat: 401, messages: 401, responses: 401 }],
      ["demo-529", { chat: 503, messages: 529, responses: 503 }],
      ["demo-overflow", { chat: 400, messages: 400, responses: 400 }],
      ["demo-500", { chat: 502, messages: 502, responses: 502 }],
    ])("%s has its status, and says whether to ask again", async (model, statuses) => {
      const error = await clientOf(dialect, protocol)
        .ask(model, streamed)
        .catch((raised: unknown) => raised);
      if (!(error instanceof OpenAIAPIError || error instanceof AnthropicAPIError)) throw error;
      expect(error.status).toBe(statuses[dialect]);
      expect(error.headers?.get("x-should-retry")).toBeOneOf(["true", "false"]);
      expect(error.headers?.get("request-id")).toBe(error.headers?.get("x-request-id") ?? "none");
      if (model === "demo-overflow" && dialect === "messages")
        expect(error.message).toContain("prompt is too long");
      if (model === "demo-overflow" && error instanceof OpenAIAPIError)
        expect(error.code).toBe("context_length_exceeded");
    });
  });
});
