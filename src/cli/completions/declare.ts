import { Argument, type Command } from "commander";
import { manPage } from "../man.ts";
import { bashCompletions } from "./bash.ts";
import { fishCompletions } from "./fish.ts";
import { powershellCompletions } from "./powershell.ts";
import { type CommandEntry, commandTable } from "./table.ts";
import { zshCompletions } from "./zsh.ts";

const SHELLS: Readonly<Record<string, (commands: readonly CommandEntry[]) => string>> = {
  bash: bashCompletions,
  zsh: zshCompletions,
  fish: fishCompletions,
  powershell: powershellCompletions,
};

/**
 * Declares `nash-llm completions` and `nash-llm man`, which tell of all commands of the program, themselves included.
 * @param defaultName the command that none means
 */
export function addCompletions(program: Command, defaultName: string): void {
  program
    .command("completions")
    .description("print completions for a shell")
    .addArgument(new Argument("<shell>", "whose").choices(Object.keys(SHELLS)))
    .action((shell: string) => print(SHELLS[shell]?.(commandTable(program, defaultName)) ?? ""));
  program
    .command("man")
    .description("print the man page: nash-llm man > nash-llm.1")
    .action(() => print(manPage(program.description(), commandTable(program, defaultName))));
}

/** Settles when all of it has been taken; whoever stops reading is no fault. */
function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.on("error", () => resolve());
    process.stdout.write(text, () => resolve());
  });
}
