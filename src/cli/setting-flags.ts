import type { TObject } from "@sinclair/typebox";
import { type Command, Option } from "commander";
import { kebab } from "../config.ts";

/** A flag for each setting, described once in the schema. */
export function addSettings(command: Command, settings: TObject): Command {
  command.option("--config <file>", "TOML file with settings, under the names of these flags");
  for (const [name, schema] of Object.entries(settings.properties)) {
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
