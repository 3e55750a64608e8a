import { Command, CommanderError, Option } from "commander";
import { ConfigError, kebab, loadSecrets, loadSettings, SettingsSchema } from "../config.ts";
import { VERSION } from "../version.ts";
import { type ClientFlags, runClient } from "./client/command.ts";
import { type DoctorFlags, runDoctor } from "./doctor/command.ts";
import { EXIT, UsageError } from "./exit.ts";
import { runSandbox } from "./sandbox.ts";
import { runServer } from "./server.ts";

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
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (error instanceof UsageError || error instanceof ConfigError) {
      process.stderr.write(`nash-llm: ${error.message}\n`);
      return error instanceof UsageError ? error.exitCode : EXIT.usage;
    }
    throw error;
  }
}

/** All commands, from which help, completions and the man page are made. */
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
  ).action(async (flags: Record<string, unknown>) => {
    const { config, ...given } = flags;
    const settings = loadSettings(given, typeof config === "string" ? config : undefined);
    exit(await runServer(settings, loadSecrets(settings)));
  });

  program
    .command("client")
    .description("talk to a model: one answer for a prompt, a conversation without one")
    .argument("[prompt]", "what to ask")
    .option("--model <name>", "model to talk to")
    .option("--base-url <url>", "address of the provider")
    .action(async (prompt: string | undefined, flags: ClientFlags) => exit(await runClient(prompt, flags)));

  addSettings(
    program.command("doctor").description("say what is wrong here; leaves this machine only with --online"),
  )
    .option("--online", "also ask whether OpenAI and Anthropic can be reached, without a key")
    .option("--health [url]", "only ask whether a running server lives, for health checks")
    .option("--json", "print JSON")
    .action(async ({ online, json, health, config, ...given }: DoctorFlags) =>
      exit(await runDoctor({ online, json, health, config }, given)),
    );

  program
    .command("sandbox")
    .description("start the scripted provider, with models that fail on purpose")
    .option("--port <number>", "port to listen on; 0 picks a free one", "8002")
    .action(async ({ port }: { port: string }) => exit(await runSandbox(port)));

  return program;
}

/** A flag for each setting, described once in the schema. */
function addSettings(command: Command): Command {
  command.option("--config <file>", "TOML file with settings, under the names of these flags");
  for (const [name, schema] of Object.entries(SettingsSchema.properties)) {
    const flag = `--${kebab(name)}`;
    if (schema["default"] === true) {
      // The flag that people need says no. The other one is there to overrule a file, and keeps commander from
      // taking the default for a flag that was given.
      command.addOption(new Option(flag).hideHelp());
      command.option(`--no-${kebab(name)}`, `do not ${schema["description"]}`);
      continue;
    }
    const value = schema["placeholder"] ?? (schema["type"] === "string" ? name : "number");
    const option = new Option(schema["type"] === "boolean" ? flag : `${flag} <${value}>`, helpFor(schema));
    if (schema["type"] === "array") option.argParser((item: string, list: string[] = []) => [...list, item]);
    command.addOption(option);
  }
  return command;
}

function helpFor(schema: Readonly<Record<string, unknown>>): string {
  const { description, default: preset } = schema;
  if (Array.isArray(preset)) return `${description}; may be repeated`;
  return preset === undefined || preset === false
    ? String(description)
    : `${description} (default ${preset})`;
}
