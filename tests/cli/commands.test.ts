import { expect, test } from "bun:test";
import { COMMANDS, commandsFor } from "../../src/cli/commands.ts";
import { createProgram } from "../../src/cli/program.ts";

const ALL = Object.keys(COMMANDS);

test("each command is declared under the name that it stands for", () => {
  const program = createProgram(() => undefined);
  expect(program.commands.map((command) => command.name())).toEqual(ALL);
  for (const name of ALL) {
    const alone = createProgram(() => undefined, [name]);
    expect(alone.commands.map((command) => command.name())).toEqual([name]);
  }
});

test.each([
  [[], ["serve"]],
  [["--port", "0"], ["serve"]],
  [["--version"], ["serve"]],
  [["serve", "--help"], ["serve"]],
  [["client", "man"], ["client"]],
  [["doctor", "--json"], ["doctor"]],
  [["--help"], ALL],
  [["--port", "0", "-h"], ALL],
  [["help", "client"], ALL],
  [["completions", "bash"], ALL],
  [["man"], ALL],
])("%j is about %j", (args, names) => {
  expect(commandsFor(args)).toEqual(names);
});
