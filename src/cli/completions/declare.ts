import { Argument, type Command } from "commander";
import { SHELLS, type Shell } from "./table.ts";

/**
 * Declares `nash-llm completions`, which tells a shell of all commands of the program, itself included.
 * @param defaultName the command that none means
 */
export function addCompletions(program: Command, defaultName: string): void {
  program
    .command("completions")
    .description("print completions for a shell")
    .addArgument(new Argument("<shell>", "whose").choices(SHELLS))
    .action(async (shell: Shell) => {
      const { printCompletions } = await import("./print.ts");
      await printCompletions(shell, program, defaultName);
    });
}

/** Declares `nash-llm man`, which tells of the same. */
export function addMan(program: Command, defaultName: string): void {
  program
    .command("man")
    .description("print the man page: nash-llm man > nash-llm.1")
    .action(async () => {
      const { printManPage } = await import("./print.ts");
      await printManPage(program, defaultName);
    });
}
