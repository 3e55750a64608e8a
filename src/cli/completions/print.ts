import type { Command } from "commander";
import { manPage } from "../man.ts";
import { bashCompletions } from "./bash.ts";
import { fishCompletions } from "./fish.ts";
import { powershellCompletions } from "./powershell.ts";
import { type CommandEntry, commandTable, type Shell } from "./table.ts";
import { zshCompletions } from "./zsh.ts";

const COMPLETIONS: Readonly<Record<Shell, (commands: readonly CommandEntry[]) => string>> = {
  bash: bashCompletions,
  zsh: zshCompletions,
  fish: fishCompletions,
  powershell: powershellCompletions,
};

/** Prints what a shell has to read to complete the program's commands. */
export function printCompletions(shell: Shell, program: Command, defaultName: string): Promise<void> {
  return print(COMPLETIONS[shell](commandTable(program, defaultName)));
}

/** Prints the man page of all the program's commands. */
export function printManPage(program: Command, defaultName: string): Promise<void> {
  return print(manPage(program.description(), commandTable(program, defaultName)));
}

/** Settles when all of it has been taken; whoever stops reading is no fault. */
function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.on("error", () => resolve());
    process.stdout.write(text, () => resolve());
  });
}
