import { Command, CommanderError } from "commander";
import { closest } from "fastest-levenshtein";
import { ConfigError } from "../config.ts";
import { VERSION } from "../version.ts";
import { printableJson } from "./client/printable-json.ts";
import { addSandboxModels, COMMANDS, commandsFor } from "./commands.ts";
import { EXIT, UsageError } from "./exit.ts";

/**
 * Runs the program.
 * @param args what follows the program's name
 * @returns the exit code
 */
export async function run(args: readonly string[]): Promise<number> {
  try {
    refuseUnknownCommand(args[0]);
    let code: number = EXIT.done;
    const program = createProgram((result) => {
      code = result;
    }, commandsFor(args));
    if (args.includes("sandbox")) await addSandboxModels(program);
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.done;
      // On stderr it has said so itself.
      await refuse(args, error.message.replace(/^error: /, ""));
      return EXIT.usage;
    }
    if (error instanceof UsageError || error instanceof ConfigError) {
      process.stderr.write(`nash-llm: ${error.message}\n`);
      await refuse(args, error.message);
      return error instanceof UsageError ? error.exitCode : EXIT.usage;
    }
    throw error;
  }
}

/** Says on stdout what is wrong, to a program that reads JSON there. Settles when it has been taken. */
async function refuse(args: readonly string[], message: string): Promise<void> {
  const refusal = refusalFor(args, message);
  if (refusal === undefined) return;
  process.stdout.on("error", () => undefined);
  await new Promise((resolve) => process.stdout.write(refusal, resolve));
}

/**
 * What `nash-llm client --json` and `--jsonl` print on stdout where it comes to no question: what a failed answer would
 * say, as far as there is any. Undefined where neither was asked for.
 * @param args what follows the program's name
 */
function refusalFor(args: readonly string[], message: string): string | undefined {
  const [command, ...rest] = args;
  const flags = rest.includes("--") ? rest.slice(0, rest.indexOf("--")) : rest;
  if (command !== "client" || !(flags.includes("--json") || flags.includes("--jsonl"))) return undefined;
  const refusal = {
    ...(flags.includes("--json") ? {} : { type: "end" }),
    content: "",
    session_id: null,
    error: { type: "invalid_request", message, retryable: false },
  };
  return `${printableJson(refusal)}\n`;
}

/** The default command would take a misspelt one for an argument of its own. */
function refuseUnknownCommand(name: string | undefined): void {
  const known = [...Object.keys(COMMANDS), "help"];
  if (name === undefined || name.startsWith("-") || known.includes(name)) return;
  if (name === "version") throw new UsageError("There is no command version. Did you mean --version?");
  throw new UsageError(`There is no command ${name}. Did you mean ${closest(name, known)}?`);
}

/**
 * The program, from which help, completions and the man page are made.
 * @param commands names of those that are declared; all unless said
 */
export function createProgram(
  exit: (code: number) => void,
  commands: readonly string[] = Object.keys(COMMANDS),
): Command {
  const program = new Command("nash-llm")
    .description(
      "One local address for every LLM: OpenAI's and Anthropic's clients, and a small protocol of its own, over any provider.",
    )
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  for (const name of commands) COMMANDS[name]?.(program, exit);
  return program;
}
