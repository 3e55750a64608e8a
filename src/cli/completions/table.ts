import type { Command, Option } from "commander";

export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

/** A shell that can be told how to complete. */
export type Shell = (typeof SHELLS)[number];

/** One command as completions and the man page tell of it. */
export interface CommandEntry {
  readonly name: string;
  readonly about: string;
  /** What may follow the name: `[options] [prompt...]`. */
  readonly usage: string;
  readonly options: readonly OptionEntry[];
  /** It is what no command means. */
  readonly isDefault: boolean;
}

export interface OptionEntry {
  /** Without the two hyphens. */
  readonly long: string;
  /** Without the hyphen. */
  readonly short: string | undefined;
  readonly about: string;
  /** What the value is called; absent where there is none. */
  readonly value: string | undefined;
}

/** The commands of a program, as its own help would list them. */
export function commandTable(program: Command, defaultName: string): CommandEntry[] {
  const help = program.createHelp();
  return help
    .visibleCommands(program)
    .filter((command) => command.name() !== "help")
    .map((command) => ({
      name: command.name(),
      about: command.description(),
      usage: command.usage(),
      options: help.visibleOptions(command).map(optionEntry),
      isDefault: command.name() === defaultName,
    }));
}

function optionEntry({ long, short, flags, description }: Option): OptionEntry {
  return {
    long: (long ?? "").replace(/^--/, ""),
    short: short?.replace(/^-/, ""),
    about: description,
    value: /[<[]([^>\]]+)[>\]]/.exec(flags)?.[1],
  };
}

/** Values that are names of files. */
export function isFile(option: OptionEntry): boolean {
  return option.value === "file";
}
