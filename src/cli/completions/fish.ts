import { type CommandEntry, isFile, type OptionEntry } from "./table.ts";

/** For fish: `nash-llm completions fish | source`. */
export function fishCompletions(commands: readonly CommandEntry[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  const none = `not __fish_seen_subcommand_from ${names}`;
  const lines = ["# nash-llm completions for fish", "complete -c nash-llm -f"];
  for (const { name, about, options, isDefault } of commands) {
    lines.push(`complete -c nash-llm -n ${quoted(none)} -a ${name} -d ${quoted(about)}`);
    for (const option of options) {
      lines.push(line(option, `__fish_seen_subcommand_from ${name}`));
      if (isDefault) lines.push(line(option, none));
    }
  }
  return `${lines.join("\n")}\n`;
}

function line(option: OptionEntry, condition: string): string {
  const { long, short, about, value } = option;
  const names = `-l ${long}${short === undefined ? "" : ` -s ${short}`}`;
  const takes = value === undefined ? "" : isFile(option) ? " -r -F" : " -x";
  return `complete -c nash-llm -n ${quoted(condition)} ${names}${takes} -d ${quoted(about)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
