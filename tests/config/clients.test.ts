import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tokenHash } from "../../src/clients/client.ts";
import { ConfigError, loadClientSettings, loadRouting, loadSettings } from "../../src/config.ts";

/** `[[client]]` of the settings file (docs/protocol.md, section 12), and where a ledger's password may stand. */

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nash-llm-test-"));
  file = join(folder, "settings.toml");
});
afterAll(() => rmSync(folder, { recursive: true }));

const load = (toml: string) => {
  writeFileSync(file, toml);
  return loadRouting(file, {});
};

const HASH = tokenHash("t");
const ROUTE = '[[route]]\nmodel = "fast"\nto = ["groq/m"]\n';
const client = (more: string, name = "team-a", hash = HASH) =>
  `${ROUTE}[[client]]\nname = "${name}"\ntoken-sha256 = "${hash}"\n${more}\n`;

test("a client with all that it can have, beside the other settings", () => {
  const limits = "requests-per-minute = 60\ntokens_per_minute = 100_000\nstreams = 4\ncost-per-day = 2.5\n";
  const toml = `port = 9\nmodel = "m"\n${client(`models = ["fast", "groq/*"]\n${limits}`, "team-a", HASH.toUpperCase())}`;
  expect(load(toml).clients?.get(HASH)).toEqual({
    name: "team-a",
    models: ["fast", "groq/*"],
    limits: { requestsPerMinute: 60, tokensPerMinute: 100_000, streams: 4, costPerDay: 2.5 },
  });
  expect(loadSettings({}, file, {}).port).toBe(9);
  // The settings of the client program may stand at the top.
  expect(loadClientSettings({}, file, {}).model).toBe("m");
});

test("`[client]`, one table, is for the client program: it makes nobody show a token", () => {
  expect(load('[client]\nmodel = "m"\n').clients).toBeUndefined();
  expect(load("").clients).toBeUndefined();
});

describe("refused, with the place", () => {
  const two = `models = ["*"]\n[[client]]\nname = "team-b"\ntoken-sha256 = "${HASH}"\nmodels = ["*"]`;
  test.each([
    ["", "[[client]] team-a: models is missing."],
    ["models = []", "[[client]] team-a: models must be"],
    ['models = ["slow"]', undefined],
    ['models = ["nobody/x"]', "[[client]] team-a: models nobody/x: no [[route]] has this name"],
    ['models = ["*"]\nstreams = 0', "[[client]] team-a: streams must be a whole number of at least 1."],
    ['models = ["*"]\ntoken = "t"', "[[client]] team-a: token is no setting."],
    [two, "[[client]] team-b: token-sha256 is that of team-a."],
    [
      `models = ["*"]\n${client('models = ["*"]', "team-a", tokenHash("u")).replace(ROUTE, "")}`,
      "[[client]] team-a is there twice.",
    ],
  ])("%s", (more, message) => {
    expect(() => load(client(more))).toThrow(message ?? "models slow: no [[route]] has this name");
  });

  test("a hash that is none", () => {
    expect(() => load(client('models = ["*"]', "a", "abc"))).toThrow(
      "token-sha256 must be the SHA-256 of its token",
    );
  });
});

describe("a ledger's password stands in no flag", () => {
  const url = "postgres://u:secret@db.example/ledger";
  test("refused as a flag, taken from a variable or the file", () => {
    expect(() => loadSettings({ ledger: url }, undefined, {})).toThrow(ConfigError);
    expect(loadSettings({}, undefined, { NASH_LLM_LEDGER: url }).ledger).toBe(url);
    writeFileSync(file, `ledger = "${url}"\n`);
    expect(loadSettings({}, file, {}).ledger).toBe(url);
    expect(loadSettings({ ledger: "postgres://u@db.example/ledger" }, undefined, {}).ledger).toContain(
      "u@db",
    );
  });

  test.each(["mysql://u@h/d", "sqlite:", "/var/lib/ledger.db"])("no ledger: %s", (ledger) => {
    expect(() => loadSettings({ ledger }, undefined, {})).toThrow("--ledger must be");
  });
});
