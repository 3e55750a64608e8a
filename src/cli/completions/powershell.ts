import type { CommandEntry, OptionEntry } from "./table.ts";

/** For PowerShell: `nash-llm completions powershell | Out-String | Invoke-Expression`. */
export function powershellCompletions(commands: readonly CommandEntry[]): string {
  const preset = commands.find(({ isDefault }) => isDefault);
  return `# nash-llm completions for PowerShell
Register-ArgumentCompleter -Native -CommandName nash-llm -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $commands = [ordered]@{
${commands.map(({ name, about }) => `    ${quoted(name)} = ${quoted(about)}\n`).join("")}  }
  $options = @{
    '' = [ordered]@{
${(preset?.options ?? []).flatMap(entries).join("")}    }
${commands.map(({ name, options }) => `    ${quoted(name)} = [ordered]@{\n${options.flatMap(entries).join("")}    }\n`).join("")}  }
  $command = ''
  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
    if ($commands.Contains($element.ToString())) { $command = $element.ToString(); break }
  }
  $found = [ordered]@{}
  if ($command -eq '') { foreach ($name in $commands.Keys) { $found[$name] = $commands[$name] } }
  foreach ($name in $options[$command].Keys) { $found[$name] = $options[$command][$name] }
  $found.Keys | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $found[$_])
  }
}
`;
}

function entries({ long, short, about }: OptionEntry): string[] {
  const names = [`--${long}`, ...(short === undefined ? [] : [`-${short}`])];
  return names.map((name) => `      ${quoted(name)} = ${quoted(about)}\n`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
