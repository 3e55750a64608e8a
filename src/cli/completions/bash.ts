import { type CommandEntry, isFile, type OptionEntry } from "./table.ts";

/** For bash: `source <(nash-llm completions bash)`. */
export function bashCompletions(commands: readonly CommandEntry[]): string {
  const all = commands.flatMap(({ options }) => options);
  const names = commands.map(({ name }) => name);
  const preset = commands.find(({ isDefault }) => isDefault);
  return `# nash-llm completions for bash
_nash_llm() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      ${names.join("|")}) command=$word; break ;;
    esac
  done
  case $previous in
    ${flags(all.filter(isFile)).join("|")}) COMPREPLY=($(compgen -f -- "$current")); return ;;
    ${flags(all.filter((option) => option.value !== undefined && !isFile(option))).join("|")}) return ;;
  esac
  case $command in
${commands.map(({ name, options }) => `    ${name}) word="${flags(options).join(" ")}" ;;`).join("\n")}
    *) word="${[...names, ...flags(preset?.options ?? [])].join(" ")}" ;;
  esac
  COMPREPLY=($(compgen -W "$word" -- "$current"))
}
complete -F _nash_llm nash-llm
`;
}

function flags(options: readonly OptionEntry[]): string[] {
  return [
    ...new Set(
      options.flatMap(({ long, short }) => [`--${long}`, ...(short === undefined ? [] : [`-${short}`])]),
    ),
  ];
}
