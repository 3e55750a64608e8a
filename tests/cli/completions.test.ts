import { describe, expect, test } from "bun:test";
import { COMMANDS } from "../../src/cli/client/commands/slash-commands.ts";
import { bashCompletions } from "../../src/cli/completions/bash.ts";
import { fishCompletions } from "../../src/cli/completions/fish.ts";
import { powershellCompletions } from "../../src/cli/completions/powershell.ts";
import { type CommandEntry, commandTable } from "../../src/cli/completions/table.ts";
import { zshCompletions } from "../../src/cli/completions/zsh.ts";
import { manPage } from "../../src/cli/man.ts";
import { createProgram } from "../../src/cli/program.ts";

const table = commandTable(
  createProgram(() => undefined),
  "serve",
);

/** A command whose words try to break out of their quotes. */
const AWKWARD: CommandEntry = {
  name: "odd",
  about: "it's [an] odd: one\\",
  usage: "[options]",
  isDefault: true,
  options: [{ long: "file", short: "f", about: "don't", value: "file" }],
};

test("the table has every command and its flags, but no hidden ones", () => {
  expect(table.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["serve", "client", "doctor", "sandbox", "completions", "man"]),
  );
  const client = table.find(({ name }) => name === "client");
  const options = client?.options.map(({ long }) => long) ?? [];
  expect(options).toEqual(
    expect.arrayContaining(["model", "base-url", "json", "no-save", "no-color", "help"]),
  );
  expect(options).not.toContain("save");
  expect(client?.options.find(({ long }) => long === "continue")).toMatchObject({
    short: "c",
    value: undefined,
  });
  expect(client?.options.find(({ long }) => long === "api-key-file")).toMatchObject({ value: "file" });
});

describe.each([
  ["bash", bashCompletions, "--"],
  ["zsh", zshCompletions, "--"],
  ["fish", fishCompletions, "-l "],
  ["powershell", powershellCompletions, "--"],
] as const)("completions for %s", (_, make, before) => {
  test("know every command and every flag", () => {
    const text = make(table);
    for (const { name, options } of table) {
      expect(text).toContain(name);
      for (const { long } of options) expect(text).toContain(before + long);
    }
  });
});

test("words with quotes in them stay words, in each shell's own way", () => {
  expect(zshCompletions([AWKWARD])).toContain("'odd:it'\\''s [an] odd: one\\'");
  expect(zshCompletions([AWKWARD])).toContain("'--file[don'\\''t]:file:_files'");
  expect(fishCompletions([AWKWARD])).toContain("-a odd -d 'it\\'s [an] odd: one\\\\'");
  expect(powershellCompletions([AWKWARD])).toContain("'odd' = 'it''s [an] odd: one\\'");
});

describe("the man page", () => {
  const page = manPage("What it is.", table);

  test("tells of every command, flag, conversation command and exit code", () => {
    for (const { name, options } of table) {
      expect(page).toContain(`.SS ${name}`);
      for (const { long } of options) expect(page).toContain(`\\-\\-${long.replaceAll("-", "\\-")}`);
    }
    for (const { name } of COMMANDS) expect(page).toContain(`\\fB/${name}\\fR`);
    for (const code of [0, 1, 2, 3, 4, 5, 6, 7, 130]) expect(page).toContain(`\\fB${code}\\fR`);
  });

  test("no text of ours begins a line of roff", () => {
    const odd = manPage(".SH evil\n'so evil", [AWKWARD]);
    expect(odd).not.toMatch(/^(?:\.SH evil|'so)/m);
    expect(odd).toContain("odd: one\\e");
  });
});
