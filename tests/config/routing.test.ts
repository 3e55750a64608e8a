import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, loadClientSettings, loadRouting, loadSettings, reloadable } from "../../src/config.ts";

/** Providers and routes of the settings file (docs/protocol.md, section 10). */

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nash-llm-test-"));
  file = join(folder, "settings.toml");
});
afterAll(() => rmSync(folder, { recursive: true }));

const load = (toml: string, env: Record<string, string> = {}) => {
  writeFileSync(file, toml);
  return loadRouting(file, env);
};

const WORK = 'name = "work"\nbase-url = "https://work.example/v1"\n';
const PROVIDER = `[[provider]]\n${WORK}`;

test("all of it, beside the other settings of the file", () => {
  const secret = join(folder, "key");
  writeFileSync(secret, " key-in-a-file\n");
  const toml = `
port = 9
default-provider = "work"

[[provider]]
${WORK}protocol = "responses"
key-env = "WORK_KEY"
models = ["large", "small"]

[[provider]]
name = "ollama"
base_url = "http://gpu-box:11434"
key_file = ${JSON.stringify(secret)}

[[route]]
model = "fast"
to = ["work/gpt-5-mini", "ollama/qwen3", "openrouter/anthropic/claude-x"]

[[route]]
model = "claude-*"
to = ["anthropic/*"]

[client]
model = "m"
`;
  const settings = load(toml, { WORK_KEY: "key-in-a-variable" });
  expect(settings).toMatchObject({
    defaultProvider: "work",
    providers: [
      { name: "work", protocol: "responses", models: ["large", "small"] },
      { name: "ollama", models: [] },
    ],
    routes: [
      {
        model: "fast",
        to: [
          { provider: "work", model: "gpt-5-mini" },
          { provider: "ollama", model: "qwen3" },
          { provider: "openrouter", model: "anthropic/claude-x" },
        ],
      },
      { model: "claude-*", to: [{ provider: "anthropic", model: "*" }] },
    ],
  });
  expect(settings.providers.map(({ baseUrl }) => baseUrl.href)).toEqual([
    "https://work.example/v1",
    "http://gpu-box:11434/",
  ]);
  expect(settings.providers.map(({ key }) => key?.reveal())).toEqual(["key-in-a-variable", "key-in-a-file"]);
  expect(JSON.stringify(settings)).not.toContain("key-in");
  expect(loadSettings({}, file, {}).port).toBe(9);
  expect(loadClientSettings({}, file, {}).model).toBe("m");
});

test("nothing without a file, or without such tables; the file may be named by a variable", () => {
  expect(loadRouting(undefined, {})).toEqual({ providers: [], routes: [] });
  expect(load("port = 9\n")).toEqual({ providers: [], routes: [] });
  writeFileSync(file, PROVIDER);
  expect(loadRouting(undefined, { NASH_LLM_CONFIG: file }).providers).toHaveLength(1);
});

describe("what is wrong is refused with its place", () => {
  test.each<[toml: string, words: string]>([
    [PROVIDER + PROVIDER, "[[provider]] work is there twice."],
    [
      `${PROVIDER}[[route]]\nmodel = "a"\nto = ["work/b"]\n[[route]]\nmodel = "a"\nto = ["work/c"]`,
      "[[route]] a is there twice.",
    ],
    ...[
      "v1",
      "docs",
      "assets",
      "health",
      "ready",
      "metrics",
      "chat",
      "messages",
      "responses",
      "models",
      "demo",
    ].map((name): [string, string] => [
      PROVIDER.replace("work", name),
      `[[provider]] ${name}: this name is reserved`,
    ]),
    [PROVIDER.replace('"work"', '"Work"'), "[[provider]] Work: name must be a name of a-z, 0-9 and -"],
    [PROVIDER.replace('"work"', '"wo/rk"'), "[[provider]] wo/rk: name must be a name of a-z"],
    [PROVIDER.replace('"work"', '""'), "name must be a name of a-z"],
    [PROVIDER.replace('"work"', "7"), "[[provider]] number 1: name must be a name of a-z"],
    ['[[provider]]\nbase-url = "https://work.example"', "[[provider]] number 1: name is missing."],
    ['[[provider]]\nname = "work"', "[[provider]] work: base-url is missing."],
    [`${PROVIDER}keyenv = "X"`, "[[provider]] work: keyenv is no setting."],
    [`${PROVIDER}api-key = "X"`, "[[provider]] work: api-key is no setting."],
    [
      `${PROVIDER}protocol = "gemini"`,
      "[[provider]] work: protocol must be one of openai, responses, anthropic.",
    ],
    [PROVIDER.replace("https://", ""), "[[provider]] work: base-url is no address"],
    [PROVIDER.replace("https:", "ftp:"), "[[provider]] work: base-url: Only http and https"],
    [
      PROVIDER.replace("work.example", "user:secret@work.example"),
      "[[provider]] work: base-url: A user or a password",
    ],
    [`${PROVIDER}key-env = "NOT_SET"`, "[[provider]] work: key-env NOT_SET is not set."],
    [`${PROVIDER}key-env = "EMPTY"`, "[[provider]] work: key-env EMPTY is not set."],
    [`${PROVIDER}key-env = "BROKEN"`, "[[provider]] work: key-env BROKEN must hold printable ASCII"],
    [
      `${PROVIDER}key-file = "/nowhere/key"`,
      "[[provider]] work: key-file /nowhere/key cannot be read (ENOENT).",
    ],
    [`${PROVIDER}key-file = "/dev/null"`, "[[provider]] work: key-file /dev/null is empty."],
    [`${PROVIDER}key-env = "SET"\nkey-file = "/dev/null"`, "[[provider]] work: either key-env or key-file"],
    ['[[route]]\nmodel = "a"\nto = ["nosuch/b"]', "[[route]] a: to nosuch/b: nosuch is no provider"],
    ['[[route]]\nmodel = "a"\nto = ["openai/b", "azure/b"]', "[[route]] a: to azure/b: azure is no provider"],
    ['[[route]]\nmodel = "a"\nto = ["openai"]', "[[route]] a: to openai: write <provider>/<model>."],
    ['[[route]]\nmodel = "a"\nto = ["openai/"]', "[[route]] a: to openai/: write <provider>/<model>."],
    ['[[route]]\nmodel = "a"\nto = []', "[[route]] a: to must be a list of texts."],
    ['[[route]]\nmodel = "a"', "[[route]] a: to is missing."],
    ['[[route]]\nto = ["openai/b"]', "[[route]] number 1: model is missing."],
    ['[[route]]\nmodel = "a"\nto = ["openai/b"]\nweight = 1', "[[route]] a: weight is no setting."],
    ['default-provider = "nosuch"', "default-provider nosuch is no provider"],
    ["default-provider = 7", "default-provider 7 is no provider"],
    ['[provider]\nname = "work"', "write [[provider]] with two brackets."],
    ["[[provider]", "is not TOML: line 1"],
  ])("%s", (toml, words) => {
    const env = { SET: "set", EMPTY: "", BROKEN: "two words" };
    const attempt = () => load(toml, env);
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(words);
    expect(attempt).toThrow(file);
    expect(attempt).not.toThrow("secret");
  });
});

test("neither flags nor variables have them", () => {
  writeFileSync(file, "");
  expect(() => loadSettings({ provider: "x" }, file, {})).toThrow("no setting");
  expect(loadSettings({}, file, { NASH_LLM_ROUTE: "x" })).not.toHaveProperty("route");
});

test("read anew: what is wrong is refused with one line, and the old ones stay", () => {
  const lines: unknown[] = [];
  const logger = {
    info: (line: unknown) => void lines.push(line),
    error: (line: unknown) => void lines.push(line),
  };
  writeFileSync(file, PROVIDER);
  const routing = reloadable(() => loadRouting(file, {}));
  const first = routing.current();
  writeFileSync(file, PROVIDER + PROVIDER);
  routing.reload(logger);
  expect(routing.current()).toBe(first);
  expect(lines).toEqual([
    { reload: "refused, the old providers and routes stay", error: expect.stringContaining("twice") },
  ]);
  writeFileSync(file, `default-provider = "work"\n${PROVIDER}`);
  routing.reload(logger);
  expect(routing.current()).toMatchObject({ defaultProvider: "work" });
  expect(lines).toHaveLength(2);
  writeFileSync(file, "[[");
  expect(() => reloadable(() => loadRouting(file, {}))).toThrow(ConfigError);
});
