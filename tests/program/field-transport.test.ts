/** Streams under wrong labels, huge events, lists of models in pages, a pause after `stop` (field kinds K, L, O, P). */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { chunk, saying } from "../protocols/field-reports/support.ts";
import { post } from "../support/answers.ts";
import { askBy, type FieldProvider, frameOf, slowly, startFieldProvider } from "../support/field-provider.ts";
import { type Program, startProgram } from "../support/program.ts";
import { startStandIn } from "../support/stand-in.ts";
import { PROTOCOLS } from "../support/streams.ts";

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

const streamOf = (protocol: "openai" | "anthropic", text = "Hello") =>
  saying({ name: protocol }, text, protocol === "openai" ? "stop" : "end_turn")
    .map(frameOf)
    .join("");

describe("a good stream under a wrong label", () => {
  const HEADERS: readonly (readonly [string, string])[] = [
    ["content-type", "text/plain; charset=utf-8"],
    ["content-type", "application/json"],
    ["content-type", "application/octet-stream"],
    ["content-type", "text/html"],
    ["content-type", "application/x-ndjson"],
    ["content-type", "application/stream+json"],
    ["content-type", "TEXT/EVENT-STREAM"],
    ["content-type", "text/event-stream;charset=UTF-8"],
    ["content-type", "text/event-stream, text/event-stream"],
    ["content-type", ""],
    ["content-type", "binary/octet-stream"],
    ["content-type", "*/*"],
    ["content-type", "text/x-event-stream"],
    ["content-encoding", "none"],
    ["content-encoding", "identity"],
    ["content-encoding", "Identity, identity"],
    ["content-encoding", "utf-8"],
    ["content-encoding", ""],
    ["content-encoding", "chunked"],
    ["content-encoding", "gzip"],
    ["x-none", "no content type at all"],
  ];
  const STARTS: readonly (readonly [string, string])[] = [
    ["as it is", ""],
    ["after a comment", ": OPENROUTER PROCESSING\n\n"],
    ["after blank lines", "\n\n\r\n"],
    ["after a byte-order mark", "\ufeff"],
    ["after a retry field", "retry: 3000\n\n"],
    ["after an id", "id: 1\n"],
    ["after 9 KiB of comments", ": keep-alive\n\n".repeat(650)],
  ];
  describe.each(PROTOCOLS)("%s", (protocol) => {
    test.each(HEADERS)("%s: %j", async (name, value) => {
      for (const [, start] of STARTS) {
        const bytes = Buffer.from(start + streamOf(protocol));
        const standIn = await startStandIn(({ socket }) => {
          const type = name === "content-encoding" ? "content-type: text/event-stream\r\n" : "";
          socket.end(
            Buffer.concat([
              Buffer.from(
                `HTTP/1.1 200 OK\r\n${type}${name}: ${value}\r\ncontent-length: ${bytes.length}\r\n\r\n`,
              ),
              bytes,
            ]),
          );
        });
        try {
          const chat = await askBy("chat", program, standIn, protocol, "any");
          expect([chat.status, chat.text, chat.error]).toEqual([200, "Hello", undefined]);
        } finally {
          await standIn.stop();
        }
      }
    });

    test("is read as it comes", async () => {
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const [first = "", ...rest] = streamOf(protocol).split(/(?<=\n\n)/);
      const early = protocol === "openai" ? 1 : 3;
      const frames = [first, ...rest];
      const model = provider.play({
        answer: () =>
          slowly(
            (async function* () {
              yield Buffer.from(frames.slice(0, early).join(""));
              await held;
              yield Buffer.from(frames.slice(early).join(""));
            })(),
            "text/plain",
          ),
      });
      const response = await post(program, "/v1/chat/completions/stream", {
        model,
        messages: [{ role: "user", content: "x" }],
        api_key: "k",
        api_base_url: provider.url,
        provider: protocol,
      });
      const reader = response.body?.getReader();
      let text = "";
      while (!text.includes("Hello")) text += new TextDecoder().decode((await reader?.read())?.value);
      release();
      await reader?.cancel();
    });

    const NONE: readonly (readonly [string, string, string])[] = [
      ["HTML", "text/html", "<!doctype html><html><body>Welcome</body></html>"],
      ["HTML as a stream", "text/event-stream", "<html><body>Welcome</body></html>"],
      ["text", "text/plain", "Hello there"],
      ["an empty answer", "text/plain", ""],
      ["XML", "application/xml", "<?xml version='1.0'?><a/>"],
      ["YAML that looks like a field", "text/yaml", "date: today\n"],
      ["JSON that is none of ours", "application/json", '{"hello":"there"}'],
      ["a JSON text", "application/json", '"hello"'],
      ["bytes", "application/octet-stream", "\x00\x01\x02\x03"],
    ];
    test.each(NONE)("%s is none", async (_name, type, body) => {
      const model = provider.play({
        answer: () => new Response(body, { headers: { "content-type": type } }),
      });
      const chat = await askBy("chat", program, provider, protocol, model);
      expect(chat.status).toBe(502);
      expect(["bad_output", "incomplete"]).toContain(chat.error?.type ?? "");
    });
  });

  test("a stream that is really packed is no stream", async () => {
    const packed = Bun.gzipSync(Buffer.from(streamOf("openai")));
    for (const encoding of ["gzip", "none"]) {
      const model = provider.play({
        answer: () =>
          new Response(packed, {
            headers: { "content-type": "text/event-stream", "content-encoding": encoding },
          }),
      });
      const chat = await askBy("chat", program, provider, "openai", model);
      expect([chat.status, chat.error?.type]).toEqual([502, "bad_output"]);
    }
  });
});

describe("an event of some MiB", () => {
  const MIB = 1024 * 1024;
  test.each([1.5, 4, 8, 15])("of %d MiB between two texts", async (size) => {
    const url = `data:image/png;base64,${"A".repeat(size * MIB)}`;
    const image = chunk({ content: "", images: [{ type: "image_url", image_url: { url } }] });
    const model = provider.play({
      frames: [
        chunk({ content: "A cat." }),
        image,
        chunk({ content: " Enjoy." }),
        chunk({}, "stop"),
        "[DONE]",
      ],
    });
    for (const way of ["chat", "completions stream", "messages stream", "summary"] as const) {
      const told = await askBy(way, program, provider, "openai", model);
      expect([way, told.status, told.text, told.error]).toEqual([way, 200, "A cat. Enjoy.", undefined]);
    }
  });

  test.each([3, 10])("of Anthropic's, of %d MiB", async (size) => {
    const ping = { type: "ping", padding: "A".repeat(size * MIB) };
    const [first = "", ...rest] = saying({ name: "anthropic" }, "A cat.", "end_turn");
    const told = await askBy(
      "chat",
      program,
      provider,
      "anthropic",
      provider.play({ frames: [first, ping, ...rest] }),
    );
    expect([told.text, told.finish]).toEqual(["A cat.", "stop"]);
  });

  test("what never ends is cut off, and memory stays bounded", async () => {
    const rss = () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${program.pid}/status`, "utf8"))?.[1]) / 1024;
    let most = 0;
    const timer = setInterval(() => {
      most = Math.max(most, rss());
    }, 20);
    const before = rss();
    const piece = Buffer.alloc(MIB, "A");
    const model = provider.play({
      answer: () =>
        slowly(
          (async function* () {
            yield Buffer.from(frameOf(chunk({ content: "A cat." })));
            yield Buffer.from("data: ");
            for (let i = 0; i < 100; i++) yield piece;
          })(),
        ),
    });
    const told = await Promise.all(
      Array.from({ length: 4 }, () => askBy("chat", program, provider, "openai", model)),
    );
    clearInterval(timer);
    for (const one of told) expect([one.text, one.error?.type]).toEqual(["A cat.", "bad_output"]);
    // Four answers at once, each with a line of at most 16 MiB, in bytes and then in text.
    expect(most - before).toBeLessThan(300);
  });
});

describe("a list of models in pages", () => {
  const list = async (protocol: "openai" | "anthropic", page: (url: URL) => unknown) => {
    const asked: string[] = [];
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch(request) {
        asked.push(new URL(request.url).search);
        return Response.json(page(new URL(request.url)));
      },
    });
    try {
      const response = await post(program, "/v1/chat/models", {
        api_base_url: `http://127.0.0.1:${server.port}/v1`,
        api_key: "k",
        provider: protocol,
      });
      const { models } = (await response.json()) as { models?: { id: string }[] };
      return { status: response.status, ids: models?.map(({ id }) => id), asked };
    } finally {
      await server.stop(true);
    }
  };
  const row = (id: string) => ({ type: "model", id });

  test("all of Anthropic's", async () => {
    const { ids, asked } = await list("anthropic", ({ searchParams }) => {
      const start = Number(searchParams.get("after_id")?.slice(1) ?? -1) + 1;
      const data = Array.from({ length: 20 }, (_, i) => row(`m${start + i}`));
      return { data, has_more: start < 60, first_id: data[0]?.id, last_id: data.at(-1)?.id };
    });
    expect(ids).toEqual(Array.from({ length: 80 }, (_, i) => `m${i}`));
    expect(asked.length).toBe(4);
  });

  test.each<[string, (url: URL) => unknown, readonly string[]]>([
    [
      "without last_id",
      ({ searchParams }) =>
        searchParams.has("after_id")
          ? { data: [row("b")], has_more: false }
          : { data: [row("a")], has_more: true },
      ["a", "b"],
    ],
    ["the same page for ever", () => ({ data: [row("a")], has_more: true, last_id: "a" }), ["a"]],
    ["an empty page that says more", () => ({ data: [], has_more: true, last_id: null }), []],
    ["has_more as text", () => ({ data: [row("a")], has_more: "true", last_id: "a" }), ["a"]],
    ["no has_more", () => ({ data: [row("a")], last_id: "a" }), ["a"]],
    [
      "pages that overlap",
      ({ searchParams }) =>
        searchParams.has("after_id")
          ? { data: [row("b"), row("c")], has_more: false, last_id: "c" }
          : { data: [row("a"), row("b")], has_more: true, last_id: "b" },
      ["a", "b", "c"],
    ],
  ])("Anthropic's: %s", async (_name, page, wanted) => {
    const { status, ids } = await list("anthropic", page);
    expect([status, ids as readonly string[]]).toEqual([200, wanted]);
  });

  test("one without an end does not hang", async () => {
    let n = 0;
    const { status, ids } = await list("anthropic", () => ({
      data: [row(`m${n++}`)],
      has_more: true,
      last_id: `m${n}`,
    }));
    expect(status).toBe(200);
    expect(ids?.length).toBeLessThanOrEqual(100);
  });

  test("OpenAI's as it is", async () => {
    const { ids, asked } = await list("openai", () => ({
      object: "list",
      data: [row("a"), row("b")],
      has_more: true,
      last_id: "b",
    }));
    expect([ids, asked]).toEqual([["a", "b"], [""]]);
  });

  test.each<[string, unknown, readonly string[]]>([
    ["a bare list", [{ id: "a" }], ["a"]],
    ["rows without an id", { data: [{ id: "a" }, {}, null, "x"] }, ["a"]],
  ])("OpenAI's: %s", async (_name, body, wanted) => {
    expect((await list("openai", () => body)).ids as readonly string[]).toEqual(wanted);
  });
});

describe("stop before any text, and a pause", () => {
  const FIRSTS = [
    [chunk({ reasoning_content: "Hm." }, "stop")],
    [chunk({ role: "assistant", content: "" }, "stop")],
    [chunk({ role: "assistant", content: "\n" }), chunk({}, "stop")],
    [chunk({ reasoning: "Hm." }), chunk({}, "eos")],
    [chunk({}, "stop"), { ...chunk({}), choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } }],
    [chunk({}, "banana")],
  ];
  test.concurrent.each(FIRSTS.map((first) => [first] as const))("%j", async (first) => {
    const later = [chunk({ content: "The answer is 42." }), chunk({}, "stop"), "[DONE]"];
    const model = provider.play({
      answer: () =>
        slowly(
          (async function* () {
            yield Buffer.from(first.map(frameOf).join(""));
            await Bun.sleep(10_500);
            yield Buffer.from(later.map(frameOf).join(""));
          })(),
        ),
    });
    const told = await askBy("chat", program, provider, "openai", model);
    expect([told.text.trim(), told.finish, told.error]).toEqual(["The answer is 42.", "stop", undefined]);
  });
});
