import { describe, expect, test } from "bun:test";
import type { FoundServer } from "../../../src/chat/local-servers.ts";
import {
  chooseProvider,
  isElsewhere,
  type ProviderSources,
  type ProviderWish,
} from "../../../src/cli/client/choose-provider.ts";
import { UsageError } from "../../../src/cli/exit.ts";
import { loadClientEnvironment } from "../../../src/config.ts";
import { Secret } from "../../../src/core/secret.ts";

const OLLAMA: FoundServer = {
  name: "Ollama",
  api_base_url: "http://127.0.0.1:11434/v1",
  models: ["nomic-embed-text:latest", "llama3.2:latest"],
};

interface World {
  readonly env?: Readonly<Record<string, string>>;
  readonly servers?: readonly FoundServer[];
  /** What the address at hand lists. */
  readonly listed?: readonly string[];
  readonly typed?: string;
}

function around({ env = {}, servers = [], listed = [], typed }: World): ProviderSources {
  return {
    env: loadClientEnvironment(env),
    findServers: () => Promise.resolve(servers),
    listModels: () => Promise.resolve(listed),
    askKey: () => Promise.resolve(typed === undefined ? undefined : new Secret(typed)),
  };
}

/** Where the question would go, and with which key. */
async function chosen(wish: ProviderWish, world: World = {}) {
  const { baseUrl, model, key, keyInShell } = await chooseProvider(wish, around(world));
  return { baseUrl, model, key: key.reveal(), keyInShell };
}

async function refusal(wish: ProviderWish, world: World = {}): Promise<UsageError> {
  const error: unknown = await chooseProvider(wish, around(world)).catch((thrown) => thrown);
  if (!(error instanceof UsageError)) throw new Error("nothing was refused");
  return error;
}

const OPENAI = { OPENAI_API_KEY: "sk-openai" };
const ANTHROPIC = { ANTHROPIC_API_KEY: "sk-ant" };

describe("keys of other providers", () => {
  test.each([
    ["GROQ_API_KEY", "https://api.groq.com/openai/v1"],
    ["OPENROUTER_API_KEY", "https://openrouter.ai/api/v1"],
    ["GEMINI_API_KEY", "https://generativelanguage.googleapis.com/v1beta/openai"],
    ["DEEPSEEK_API_KEY", "https://api.deepseek.com"],
    ["MISTRAL_API_KEY", "https://api.mistral.ai/v1"],
  ])("%s goes to its provider", async (variable, baseUrl) => {
    expect(await chosen({}, { env: { [variable]: "key-x" } })).toMatchObject({
      baseUrl,
      key: "key-x",
      keyInShell: `$${variable}`,
    });
  });

  test("and to no other", async () => {
    const env = { GROQ_API_KEY: "gsk", XAI_API_KEY: "xai" };
    expect(await chosen({ provider: "xai" }, { env })).toMatchObject({
      key: "xai",
      baseUrl: "https://api.x.ai/v1",
    });
    expect(await chosen({ baseUrl: "https://api.groq.com/openai/v1", model: "m" }, { env })).toMatchObject({
      key: "gsk",
    });
    expect((await refusal({ provider: "mistral" }, { env })).message).toContain("MISTRAL_API_KEY");
    expect((await refusal({ baseUrl: "https://other.example/v1" }, { env })).exitCode).toBe(3);
  });

  test("the model is one that the provider lists", async () => {
    const env = { GROQ_API_KEY: "gsk" };
    expect(await chosen({}, { env, listed: ["whisper-x", "new-model"] })).toMatchObject({
      model: "new-model",
    });
  });
});

describe("a server in the network", () => {
  test.each([
    "http://192.168.1.5:11434/v1",
    "http://10.0.0.2/v1",
    "http://[fd00::5]:8080",
    "http://nas:1234/v1",
    "http://box.local/v1",
    "http://100.64.0.9/v1",
  ])("%s: no key is asked for", async (baseUrl) => {
    expect(await chosen({ baseUrl, model: "m" })).toMatchObject({ key: "none", keyInShell: "none" });
    expect(await chosen({ baseUrl }, { listed: ["llama"] })).toMatchObject({ model: "llama" });
  });

  test.each(["http://8.8.8.8/v1", "https://example.com/v1", "http://local.example/v1"])(
    "%s is elsewhere: a key is asked for",
    async (baseUrl) => {
      expect((await refusal({ baseUrl, model: "m" })).exitCode).toBe(3);
    },
  );
});

describe("without a wish", () => {
  test("a key in the environment comes before a local server, OpenAI's first", async () => {
    const world = { env: { ...OPENAI, ...ANTHROPIC }, servers: [OLLAMA] };
    expect(await chosen({}, world)).toEqual({
      baseUrl: "https://api.openai.com/v1",
      model: expect.stringMatching(/^gpt-/),
      key: "sk-openai",
      keyInShell: "$OPENAI_API_KEY",
    });
    expect(await chosen({}, { env: ANTHROPIC })).toMatchObject({
      baseUrl: "https://api.anthropic.com/v1",
      model: expect.stringMatching(/^claude-/),
      key: "sk-ant",
    });
  });

  test("then a server on this machine, without a key, and not with a model that only embeds", async () => {
    expect(await chosen({}, { servers: [OLLAMA] })).toEqual({
      baseUrl: OLLAMA.api_base_url,
      model: "llama3.2:latest",
      key: "none",
      keyInShell: "none",
    });
  });

  test("then the demo", async () => {
    const empty = { ...OLLAMA, models: [] };
    for (const world of [
      {},
      { servers: [empty] },
      { env: { OPENAI_BASE_URL: "https://proxy.example/v1" } },
    ]) {
      expect(await chosen({}, world)).toMatchObject({ baseUrl: "http://demo.invalid/v1", model: "demo" });
    }
  });

  test("a base URL on loopback without a key is a server like any other", async () => {
    const env = { OPENAI_BASE_URL: "http://localhost:8000/v1" };
    expect(await chosen({}, { env })).toMatchObject({ baseUrl: env.OPENAI_BASE_URL, key: "none" });
  });
});

describe("a key goes nowhere but where it belongs", () => {
  test("to the base URL that came with it", async () => {
    const env = { ...OPENAI, OPENAI_BASE_URL: "https://proxy.example/v1" };
    expect(await chosen({}, { env })).toMatchObject({ baseUrl: env.OPENAI_BASE_URL, key: "sk-openai" });
  });

  test.each([
    ["https://elsewhere.example/v1", OPENAI],
    ["https://api.openai.com.evil.example/v1", OPENAI],
    ["http://api.openai.com/v1", OPENAI],
    ["https://api.anthropic.com", OPENAI],
    ["https://api.openai.com/v1", { ...OPENAI, OPENAI_BASE_URL: "https://proxy.example/v1" }],
  ])("not to %s", async (baseUrl, env) => {
    expect((await refusal({ baseUrl, model: "x" }, { env })).exitCode).toBe(3);
    expect(await chosen({ baseUrl, model: "x" }, { env, typed: "sk-typed" })).toMatchObject({
      key: "sk-typed",
    });
  });

  test("to the provider's own address, written as a flag", async () => {
    const wish = { baseUrl: "https://api.openai.com/v1" };
    expect(await chosen(wish, { env: OPENAI })).toMatchObject({
      key: "sk-openai",
      keyInShell: "$OPENAI_API_KEY",
    });
  });

  test("not to a server on this machine", async () => {
    const wish = { baseUrl: "http://127.0.0.1:11434/v1", model: "x" };
    expect(await chosen(wish, { env: { ...OPENAI, ...ANTHROPIC } })).toMatchObject({ key: "none" });
  });

  test("a key from a file does not go to an address of the environment", async () => {
    const env = { OPENAI_BASE_URL: "https://proxy.example/v1" };
    const wish = { provider: "openai", key: new Secret("sk-file") } as const;
    expect(await chosen(wish, { env })).toMatchObject({
      baseUrl: "https://api.openai.com/v1",
      key: "sk-file",
    });
  });

  test("a key alone does not say whose it is", async () => {
    expect((await refusal({ key: new Secret("sk-file") })).message).toContain("--base-url");
  });
});

test("a name means somebody else only where it plainly does", () => {
  const openai = "https://api.openai.com/v1";
  expect(isElsewhere("claude-x", openai)).toBe(true);
  expect(isElsewhere("gpt-x", openai)).toBe(false);
  expect(isElsewhere("mystery", openai)).toBe(false);
  expect(isElsewhere("claude-x", "https://gateway.example/v1")).toBe(false);
  expect(isElsewhere("demo-cut", openai)).toBe(true);
  expect(isElsewhere("demo-cut", "http://demo.invalid/v1")).toBe(false);
  expect(isElsewhere("mystery", "http://demo.invalid/v1")).toBe(true);
});

describe("a model", () => {
  test("of the demo is the demo's, whatever keys there are", async () => {
    for (const model of ["demo", "demo-429", "claude-demo-cut"])
      expect(await chosen({ model }, { env: OPENAI })).toMatchObject({
        baseUrl: "http://demo.invalid/v1",
        model,
      });
  });

  test("whose name tells whose it is goes there, or is refused for want of a key", async () => {
    expect(await chosen({ model: "claude-x" }, { env: { ...OPENAI, ...ANTHROPIC } })).toMatchObject({
      key: "sk-ant",
    });
    expect((await refusal({ model: "claude-x" }, { env: OPENAI })).exitCode).toBe(3);
  });

  test("at an address on this machine is the first that it lists", async () => {
    const world = { listed: ["embed-small", "mine"], env: { OPENAI_BASE_URL: "http://localhost:8000/v1" } };
    expect(await chosen({}, world)).toMatchObject({ model: "mine", key: "none" });
    expect(await chosen({ baseUrl: "http://127.0.0.1:9000/v1" }, world)).toMatchObject({ model: "mine" });
    const away = { ...world, env: { OPENAI_BASE_URL: "https://proxy.example/v1", ...OPENAI } };
    expect((await chosen({}, away)).model).toMatch(/^gpt-/);
  });

  test("with an open name is not taken for its maker's", async () => {
    const servers = [{ ...OLLAMA, models: ["gpt-oss:20b"] }];
    expect(await chosen({ model: "gpt-oss:20b" }, { servers })).toMatchObject({ key: "none" });
  });

  test("that a server here has is that server's", async () => {
    const world = { env: OPENAI, servers: [OLLAMA] };
    expect(await chosen({ model: "llama3.2" }, world)).toMatchObject({
      model: "llama3.2:latest",
      key: "none",
    });
  });

  test("that nobody has goes to an address of the user's own, or to whoever has a key", async () => {
    const env = { ...OPENAI, OPENAI_BASE_URL: "https://proxy.example/v1" };
    expect(await chosen({ model: "mystery" }, { env })).toMatchObject({ baseUrl: env.OPENAI_BASE_URL });
    expect(await chosen({ model: "mystery" }, { env: OPENAI })).toMatchObject({ key: "sk-openai" });
    expect((await refusal({ model: "mystery" }, { servers: [OLLAMA] })).exitCode).toBe(3);
  });

  test("at an address that lists none must be named", async () => {
    const wish = { baseUrl: "https://elsewhere.example/v1", key: new Secret("k") };
    expect((await refusal(wish)).message).toContain("--model");
  });
});
