import { Command, CommanderError } from "commander";
import { closest } from "fastest-levenshtein";
import { ConfigError, loadSecrets, loadSettings, SettingsSchema } from "../config.ts";
import { VERSION } from "../version.ts";
import { addClient } from "./client/declare.ts";
import { refusalFor } from "./client/refusal.ts";
import { addCompletions } from "./completions/declare.ts";
import type { DoctorFlags } from "./doctor/command.ts";
import { EXIT, UsageError } from "./exit.ts";
import { addSettings } from "./setting-flags.ts";

/**
 * Runs the program.
 * @param args what follows the program's name
 * @returns the exit code
 */
export async function run(args: readonly string[]): Promise<number> {
  try {
    let code: number = EXIT.done;
    const program = createProgram((result) => {
      code = result;
    });
    refuseUnknownCommand(args[0], program);
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

/** The default command would take a misspelt one for an argument of its own. */
function refuseUnknownCommand(name: string | undefined, { commands }: Command): void {
  const known = [...commands.map((command) => command.name()), "help"];
  if (name === undefined || name.startsWith("-") || known.includes(name)) return;
  throw new UsageError(`There is no command ${name}. Did you mean ${closest(name, known)}?`);
}

/**
 * All commands, from which help, completions and the man page are made. What a command needs is loaded when it is
 * given: most of the time that it takes to start is loading.
 */
export function createProgram(exit: (code: number) => void): Command {
  const program = new Command("nash-llm")
    .description("One local address for every LLM: streams any provider's answer through one small protocol.")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });

  addSettings(
    program.command("serve", { isDefault: true }).description("start the server; also what no command means"),
    SettingsSchema,
  ).action(async (flags: Record<string, unknown>) => {
    const { config, ...given } = flags;
    const settings = loadSettings(given, typeof config === "string" ? config : undefined);
    const { runServer } = await import("./server.ts");
    exit(await runServer(settings, loadSecrets(settings)));
  });

  addClient(program, exit);

  addSettings(
    program.command("doctor").description("say what is wrong here; leaves this machine only with --online"),
    SettingsSchema,
  )
    .option("--online", "also ask whether OpenAI and Anthropic can be reached, without a key")
    .option("--health [url]", "only ask whether a running server lives, for health checks")
    .option("--json", "print JSON")
    .action(async ({ online, json, health, config, ...given }: DoctorFlags) => {
      const { runDoctor } = await import("./doctor/command.ts");
      exit(await runDoctor({ online, json, health, config }, given));
    });

  program
    .command("sandbox")
    .description("start the scripted provider, with models that fail on purpose")
    .option("--port <number>", "port to listen on; 0 picks a free one", "8002")
    .action(async ({ port }: { port: string }) => {
      const { runSandbox } = await import("./sandbox.ts");
      exit(await runSandbox(port));
    });

  program
    .command("selftest")
    .description("plant marked keys, fail in every way, and look for the keys in all that comes out")
    .action(async () => {
      const { runSelftest } = await import("./selftest/run.ts");
      exit(await runSelftest((line) => process.stdout.write(`${line}\n`)));
    });

  addCompletions(program, "serve");
  return program;
}
