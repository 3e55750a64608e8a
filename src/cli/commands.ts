import type { Command } from "commander";
import { loadSecrets, loadSettings, SettingsSchema } from "../config.ts";
import { addClient } from "./client/client-command.ts";
import { addCompletions, addMan } from "./completions/declare.ts";
import type { DoctorFlags } from "./doctor/run-doctor.ts";
import { addSettings } from "./setting-flags.ts";

/** Declares a command of the program. What it needs is loaded when it is given. */
type Declare = (program: Command, exit: (code: number) => void) => void;

/** What no command means. */
const DEFAULT_COMMAND = "serve";

const declareServe: Declare = (program, exit) => {
  const command = program
    .command(DEFAULT_COMMAND, { isDefault: true })
    .description("start the server; also what no command means");
  addSettings(command, SettingsSchema).action(async (flags: Record<string, unknown>) => {
    const { config, ...given } = flags;
    const file = typeof config === "string" ? config : undefined;
    const settings = loadSettings(given, file);
    const { runServer } = await import("./serve-command.ts");
    exit(await runServer(settings, loadSecrets(settings), file));
  });
};

const declareDoctor: Declare = (program, exit) => {
  const command = program
    .command("doctor")
    .description("say what is wrong here; leaves this machine only with --online");
  addSettings(command, SettingsSchema)
    .option("--online", "also ask whether OpenAI and Anthropic can be reached, without a key")
    .option("--health [url]", "only ask whether a running server lives, for health checks")
    .option("--json", "print JSON")
    .action(async ({ online, json, health, config, ...given }: DoctorFlags) => {
      const { runDoctor } = await import("./doctor/run-doctor.ts");
      exit(await runDoctor({ online, json, health, config }, given));
    });
};

const declareSandbox: Declare = (program, exit) => {
  program
    .command("sandbox")
    .description("start the scripted provider, with models that fail on purpose")
    .option("--port <number>", "port to listen on; 0 picks a free one", "8002")
    .action(async ({ port }: { port: string }) => {
      const { runSandbox } = await import("./sandbox-command.ts");
      exit(await runSandbox(port));
    });
};

const declareSelftest: Declare = (program, exit) => {
  program
    .command("selftest")
    .description("plant marked keys, fail in every way, and look for the keys in all that comes out")
    .action(async () => {
      const { runSelftest } = await import("./selftest/run-selftest.ts");
      exit(await runSelftest((line) => process.stdout.write(`${line}\n`)));
    });
};

/** All commands, in the order in which help, completions and the man page list them. */
export const COMMANDS: Readonly<Record<string, Declare>> = {
  [DEFAULT_COMMAND]: declareServe,
  client: addClient,
  doctor: declareDoctor,
  sandbox: declareSandbox,
  selftest: declareSelftest,
  completions: (program) => addCompletions(program, DEFAULT_COMMAND),
  man: (program) => addMan(program, DEFAULT_COMMAND),
};

/** Commands that tell of all the others. */
const TELL_OF_ALL = ["completions", "man"];

/**
 * Names of the commands that arguments can be about, one where it is clear which: to declare the flags of all takes
 * the server a twentieth of its start.
 * @param args what follows the program's name
 */
export function commandsFor(args: readonly string[]): readonly string[] {
  const all = Object.keys(COMMANDS);
  const [first] = args;
  if (first !== undefined && !first.startsWith("-"))
    return all.includes(first) && !TELL_OF_ALL.includes(first) ? [first] : all;
  return args.includes("--help") || args.includes("-h") ? all : [DEFAULT_COMMAND];
}
