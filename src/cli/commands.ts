import type { Command } from "commander";
import { loadSecrets, loadSettings, SettingsSchema } from "../config.ts";
import { addClient } from "./client/client-command.ts";
import { addCompletions, addMan } from "./completions/declare.ts";
import type { DoctorFlags } from "./doctor/run-doctor.ts";
import type { LaunchFlags } from "./launch/launch-agent.ts";
import { addSettings } from "./setting-flags.ts";
import type { UsageFlags } from "./usage-command.ts";

/** Declares a command of the program. What it needs is loaded when it is given. */
type Declare = (program: Command, exit: (code: number) => void) => void;

interface LedgerFlags {
  readonly config?: string;
  readonly ledger?: string;
  readonly ledgerPasswordFile?: string;
}

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

const addLaunchFlags = (command: Command): Command =>
  command
    .option("--model <name>", "model to work with")
    .option("--provider <name>", "whose model: a provider that is known or one of --config")
    .option("--server <url>", "a running nash-llm, with NASH_LLM_TOKEN where it wants one")
    .option("--config <file>", "TOML file with settings and providers");

const declareLaunch: Declare = (program, exit) => {
  const command = program
    .command("launch")
    .description("start a coding agent (claude, codex or opencode) on a server of its own")
    .argument("<program>", "claude, codex or opencode")
    .argument("[args...]", "its arguments, after --")
    .usage("[options] <program> [-- args...]");
  addLaunchFlags(command).action(async (name: string, args: readonly string[], flags: LaunchFlags) => {
    const { launchAgent } = await import("./launch/launch-agent.ts");
    exit(await launchAgent(name, args, flags));
  });
};

const declareEnv: Declare = (program) => {
  const command = program
    .command("env")
    .description("print what to set by hand for a coding agent, with the names of keys, never keys")
    .argument("<program>", "claude, codex or opencode");
  addLaunchFlags(command).action(async (name: string, flags: LaunchFlags) => {
    const { agentEnvironment } = await import("./launch/launch-agent.ts");
    process.stdout.write(await agentEnvironment(name, flags));
  });
};

const declareUsage: Declare = (program) => {
  program
    .command("usage")
    .description("print what the ledger tells: requests, tokens and cost, by day or otherwise")
    .option("--config <file>", "TOML file with settings")
    .option("--ledger <where>", "the database: sqlite:FILE or postgres://USER@HOST/DATABASE")
    .option("--ledger-password-file <file>", "file with the password of a PostgreSQL ledger")
    .option("--by <groups>", "day, client, route, model, provider; several with commas (default day)")
    .option("--since <day>", "from this day of UTC on, such as 2026-11-26")
    .option("--until <day>", "up to this day, included")
    .option("--client <name>", "of this client alone")
    .option("--route <model>", "by this route alone")
    .option("--model <name>", "of this model alone")
    .option("--provider <name>", "of this provider alone")
    .option("--format <format>", "table, csv or json (default table)")
    .action(async ({ config, ledger, ledgerPasswordFile, ...flags }: UsageFlags & LedgerFlags) => {
      const settings = loadSettings({ ledger, ledgerPasswordFile }, config);
      const { usageReport } = await import("./usage-command.ts");
      const { ledgerPassword } = loadSecrets(settings);
      process.stdout.write(await usageReport(settings.ledger, ledgerPassword, flags));
    });
};

const declareToken: Declare = (program) => {
  program
    .command("token")
    .description("make a token for a client, and print the lines for the settings that let it in")
    .argument("<name>", "the name of the client: a-z, 0-9 and -")
    .action(async (name: string) => {
      const { clientToken } = await import("./token-command.ts");
      process.stdout.write(clientToken(name));
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
  launch: declareLaunch,
  env: declareEnv,
  sandbox: declareSandbox,
  usage: declareUsage,
  token: declareToken,
  selftest: declareSelftest,
  completions: (program) => addCompletions(program, DEFAULT_COMMAND),
  man: (program) => addMan(program, DEFAULT_COMMAND),
};

/** Adds to the help of `sandbox` what its failing models do; they are loaded for nothing else. */
export async function addSandboxModels(program: Command): Promise<void> {
  const { FAILING_MODELS, modelsHelp } = await import("../sandbox/models.ts");
  program.commands
    .find((command) => command.name() === "sandbox")
    ?.addHelpText("after", `\nModels that fail, and how:\n${modelsHelp(FAILING_MODELS)}\n`);
}

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
