import { type CommandEntry, isFile, type OptionEntry } from "./table.ts";

/** For zsh: a file `_nash-llm` in a folder of `$fpath`. */
export function zshCompletions(commands: readonly CommandEntry[]): string {
  const preset = commands.find(({ isDefault }) => isDefault);
  return `#compdef nash-llm
# nash-llm completions for zsh
_nash_llm() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C \\
${(preset?.options ?? []).flatMap(specs).join("")}    '1: :->command' \\
    '*:: :->rest'
  case $state in
    command)
      local -a commands=(
${commands.map(({ name, about }) => `        ${quoted(`${name}:${about}`)}\n`).join("")}      )
      _describe command commands
      ;;
    rest)
      case $line[1] in
${commands.map(commandCase).join("")}      esac
      ;;
  esac
}
compdef _nash_llm nash-llm
`;
}

function commandCase({ name, options }: CommandEntry): string {
  return `        ${name})\n          _arguments \\\n${options.flatMap(specs).join("")}            '*: :_default'\n          ;;\n`;
}

/** One line for the long name of an option and one for the short. */
function specs(option: OptionEntry): string[] {
  const { long, short, about, value } = option;
  const does = `[${about.replace(/[[\]\\:]/g, "\\$&")}]`;
  const takes = value === undefined ? "" : `:${value}:${isFile(option) ? "_files" : ""}`;
  const names = [`--${long}`, ...(short === undefined ? [] : [`-${short}`])];
  return names.map((name) => `    ${quoted(name + does + takes)} \\\n`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
