/** No half of a surrogate pair leaves, in either direction (field kind I). */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { block, delta, END, START, stop } from "../protocols/field-reports/anthropic-events.ts";
import { beginning, chunk, saying } from "../protocols/field-reports/support.ts";
import { askBy, type FieldProvider, startFieldProvider, WAYS } from "../support/field-provider.ts";
import { type Program, startProgram } from "../support/program.ts";
import { PROTOCOLS, type ProtocolName } from "../support/streams.ts";

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

const WORD = { openai: "stop", anthropic: "end_turn" } as const;

describe("halves of characters", () => {
  const [HIGH, LOW] = ["\ud83d", "\ude00"];
  describe.each(PROTOCOLS)("%s", (protocol) => {
    const said = (...texts: string[]) =>
      protocol === "openai"
        ? [...texts.map((content) => chunk({ content })), chunk({}, "stop"), "[DONE]"]
        : [START, block(""), ...texts.map((text) => delta(text)), stop(), ...END];
    const OUT: readonly (readonly [readonly string[], string])[] = [
      [[`a${HIGH}`, `${LOW}b`], "a😀b"],
      [["a", HIGH, LOW, "b"], "a😀b"],
      [[`a${HIGH}`, "b"], "a\ufffdb"],
      [[`a${LOW}`, "b"], "a\ufffdb"],
      [[`a${HIGH}`], "a\ufffd"],
      [[HIGH], "\ufffd"],
      [[`${HIGH}${HIGH}`, LOW], "\ufffd😀"],
      [[`a${HIGH}`, "", `${LOW}`], "a😀"],
      [[`${LOW}${HIGH}`], "\ufffd\ufffd"],
    ];
    test.each(OUT)("%j", async (texts, text) => {
      const model = provider.play({ frames: said(...texts) });
      for (const way of WAYS.filter((one) => one.endsWith("stream") || one === "chat" || one === "summary")) {
        const told = await askBy(way, program, provider, protocol, model);
        expect([way, told.text, /\\ud[89a-f]/i.test(told.raw)]).toEqual([way, text, false]);
      }
    });

    test("a cut after a half", async () => {
      const told = await ask(protocol, beginning({ name: protocol }, `a${HIGH}`));
      expect([told.text, told.error?.type]).toEqual(["a\ufffd", "incomplete"]);
    });

    const REQUESTS: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
      ["a text", { messages: [{ role: "user", content: `cut ${HIGH}` }] }],
      ["a low half", { messages: [{ role: "user", content: `cut ${LOW}` }] }],
      [
        "two parts",
        {
          messages: [
            {
              role: "user",
              content: [
                { type: "text", text: `a${HIGH}` },
                { type: "text", text: `${LOW}b` },
              ],
            },
          ],
        },
      ],
      [
        "a system message",
        {
          messages: [
            { role: "system", content: HIGH },
            { role: "user", content: "x" },
          ],
        },
      ],
      [
        "an assistant's message",
        {
          messages: [
            { role: "user", content: "x" },
            { role: "assistant", content: `y${HIGH}` },
            { role: "user", content: "z" },
          ],
        },
      ],
      ["a stop sequence", { stop: [`x${HIGH}`] }],
      [
        "arguments of a call",
        {
          messages: [
            { role: "user", content: "x" },
            {
              role: "assistant",
              content: null,
              tool_calls: [
                {
                  id: "a",
                  type: "function",
                  function: { name: "f", arguments: JSON.stringify({ a: "b" }).replace("b", HIGH) },
                },
              ],
            },
            { role: "tool", tool_call_id: "a", content: `r${LOW}` },
          ],
        },
      ],
      [
        "a tool's description",
        {
          tools: [
            {
              type: "function",
              function: {
                name: "f",
                description: `d${HIGH}`,
                parameters: {
                  type: "object",
                  properties: { [`p${HIGH}`]: { type: "string", description: HIGH } },
                },
              },
            },
          ],
        },
      ],
      ["provider_options", { provider_options: { note: HIGH, [`n${HIGH}`]: [LOW] } }],
    ];
    test.each(REQUESTS)("in %s of a request", async (_name, more) => {
      const model = provider.play({ frames: saying({ name: protocol }, "Fine.", WORD[protocol]) });
      for (const way of ["chat", "completions stream", "messages stream", "summary"] as const) {
        const { provider_options: own, ...body } = more as { provider_options?: object };
        const isAnthropic = way.startsWith("messages");
        if (isAnthropic && "messages" in body && !/"content":"cut/.test(JSON.stringify(body))) continue;
        if (isAnthropic && ("stop" in body || "tools" in body)) continue;
        await askBy(
          way,
          program,
          provider,
          protocol,
          model,
          way === "chat" || way === "summary" ? more : { ...body, ...own },
        );
      }
      const sent = provider.asked(model).map(({ body }) => JSON.stringify(body));
      expect(sent.filter((body) => /\\ud[89a-f]/i.test(body))).toEqual([]);
      // Arguments are JSON in a text: an escape there is one more level down.
      expect(sent.filter((body) => /\\\\ud[89a-f]/i.test(body))).toEqual([]);
    });
  });
});
