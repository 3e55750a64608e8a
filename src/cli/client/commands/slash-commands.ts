import { distance } from "fastest-levenshtein";
import { copy } from "./copy-command.ts";
import { curl } from "./curl-command.ts";
import { model } from "./model-command.ts";
import { load, save, sessions } from "./save-load.ts";
import { type ChatCommand, GO_ON } from "./slash-command.ts";
import { summarize, tokens } from "./summarize-tokens.ts";
import { clear, edit, raw, retry, system } from "./turn-commands.ts";

const help: ChatCommand = {
  name: "help",
  aliases: ["?"],
  about: "this list",
  run({ terminal }) {
    const left = COMMANDS.map(
      ({ name, argument }) => `/${name}${argument === undefined ? "" : ` ${argument}`}`,
    );
    const width = Math.max(...left.map((text) => text.length));
    for (const [i, { about, aliases = [] }] of COMMANDS.entries()) {
      const also = aliases.length === 0 ? "" : `, also ${aliases.map((alias) => `/${alias}`).join(" ")}`;
      terminal.warn(
        `  ${terminal.style.cyan((left[i] ?? "").padEnd(width))}  ${about}${terminal.style.dim(also)}`,
      );
    }
    terminal.warn(`\nSeveral lines: """ before and after them, \\ at the end of a line, or paste them.`);
    terminal.warn("Ctrl-C stops an answer; on an empty line, twice leaves, as does Ctrl-D.");
    return GO_ON;
  },
};

const exit: ChatCommand = {
  name: "exit",
  aliases: ["quit", "bye"],
  about: "leave; so does Ctrl-D",
  run: () => ({ type: "leave" }),
};

/** All commands, from which /help, Tab, the completions and the man page are made. */
export const COMMANDS: readonly ChatCommand[] = [
  help,
  model,
  system,
  clear,
  retry,
  edit,
  save,
  load,
  sessions,
  summarize,
  tokens,
  copy,
  curl,
  raw,
  exit,
];

const NAMES = COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);

/** The command in a line, where it looks like one; a path such as `/etc/hosts` does not. */
export function commandIn(line: string): { readonly name: string; readonly argument: string } | undefined {
  const match = /^\/([a-z?]+)(?:\s+([\s\S]*))?$/i.exec(line);
  return match === null
    ? undefined
    : { name: (match[1] ?? "").toLowerCase(), argument: match[2]?.trim() ?? "" };
}

export function findCommand(name: string): ChatCommand | undefined {
  return COMMANDS.find((command) => command.name === name || command.aliases?.includes(name));
}

/** The commands that a line may become. */
export function completions(typed: string): readonly string[] {
  return typed.startsWith("/")
    ? NAMES.map((name) => `/${name}`).filter((name) => name.startsWith(typed))
    : [];
}

/** What to say of a command that is none. */
export function unknownCommand(name: string): string {
  const nearest = NAMES.toSorted((a, b) => distance(name, a) - distance(name, b))[0] ?? "";
  const isNear = distance(name, nearest) <= Math.min(3, name.length / 2);
  return `There is no /${name}.${isNear ? ` Did you mean /${nearest}?` : ""} /help lists what there is.`;
}
