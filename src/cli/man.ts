import { PROVIDER_KEY_VARIABLES } from "../config/provider-keys.ts";
import { VERSION } from "../version.ts";
import { COMMANDS } from "./client/commands/slash-commands.ts";
import type { CommandEntry, OptionEntry } from "./completions/table.ts";

/** What the program says to the shell. */
export const EXIT_CODES: readonly (readonly [string, string])[] = [
  ["0", "Done; after SIGTERM too."],
  ["1", "An internal fault, or the server could not start."],
  ["2", "Wrong use or settings."],
  ["3", "No provider or no key."],
  ["4", "The provider refused the key."],
  ["5", "A rate limit, or the quota is used up."],
  ["6", "Not reachable, or too late."],
  ["7", "The answer is not whole: broken off, ended at a limit or by a filter, or empty."],
  ["130", "Ctrl-C."],
];

const { openai: _, anthropic: __, ...OTHER_KEYS } = PROVIDER_KEY_VARIABLES;

/** The variables that are read, with what becomes of them. */
export const VARIABLES: readonly (readonly [string, string])[] = [
  ["NASH_LLM_*", "Every setting, under the name of its flag: NASH_LLM_PORT, NASH_LLM_MODEL."],
  ["NASH_LLM_CONFIG", "The TOML file with settings; the client's are in its table [client], or at its top."],
  ["NASH_LLM_TOKEN", "What the server wants from its clients, and what the client sends with --server."],
  ["NASH_LLM_LEDGER_PASSWORD", "The password of a PostgreSQL ledger (--ledger)."],
  ["HELICONE_API_KEY", "Sent by the server to Helicone's two hosts, and nowhere else."],
  [
    "OPENAI_API_KEY, OPENAI_BASE_URL",
    "Read by client and launch. The key goes to this address alone, or OpenAI's own.",
  ],
  ["ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL", "The same for Anthropic."],
  [
    Object.values(OTHER_KEYS).join(", "),
    "Keys of the other known providers, under the names of their own documents; read by client and launch, each goes to its provider alone.",
  ],
  ["OLLAMA_HOST", "Where Ollama is looked for on this machine."],
  ["HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY", "Obeyed by the server with --use-proxy alone."],
  [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "A collector of OpenTelemetry that the server tells of requests, as --otlp-endpoint; the other OTEL_* variables shape that.",
  ],
  ["NODE_EXTRA_CA_CERTS", "A file with further certificates to trust."],
  ["NO_COLOR, TERM", "Whether the terminal shows colours."],
  ["XDG_STATE_HOME", "The folder for conversations and history, instead of ~/.local/state."],
];

/** The man page, in roff, from the same tables as the help. */
export function manPage(about: string, commands: readonly CommandEntry[]): string {
  return [
    `.TH NASH-LLM 1 "" "nash-llm ${VERSION}" "User Commands"`,
    ".SH NAME",
    `nash-llm \\- ${escaped(about)}`,
    ".SH SYNOPSIS",
    ...commands.flatMap(synopsis),
    ".SH COMMANDS",
    ...commands.flatMap(({ name, about: does, options }) => [
      `.SS ${escaped(name)}`,
      escaped(sentence(does)),
      ...options.flatMap(optionLines),
    ]),
    ".SH CONVERSATION",
    "Typed in a conversation of",
    ".B nash-llm client",
    "in place of a message:",
    ...COMMANDS.flatMap(({ name, argument = "", about: does, aliases = [] }) =>
      term(`\\fB/${name}\\fR ${escaped(argument)}`.trim(), `${sentence(does)}${alsoCalled(aliases)}`),
    ),
    ".SH ENVIRONMENT",
    ...VARIABLES.flatMap(([name, does]) => term(`\\fB${escaped(name)}\\fR`, does)),
    ".SH FILES",
    ...term("\\fI~/.local/state/nash\\-llm/sessions\\fR", "Conversations, a file of JSON lines each."),
    ...term("\\fI~/.local/state/nash\\-llm/history\\fR", "What was typed; --no-history leaves it alone."),
    ".SH EXIT STATUS",
    ...EXIT_CODES.flatMap(([code, does]) => term(`\\fB${code}\\fR`, does)),
    "",
  ].join("\n");
}

function synopsis({ name, usage, isDefault }: CommandEntry): string[] {
  const shown = isDefault ? `[\\fB${escaped(name)}\\fR]` : `\\fB${escaped(name)}\\fR`;
  return [`\\fBnash\\-llm\\fR ${shown} ${escaped(usage)}`, ".br"];
}

function optionLines({ long, short, about, value }: OptionEntry): string[] {
  const names = [...(short === undefined ? [] : [`-${short}`]), `--${long}`];
  const bold = names.map((name) => `\\fB${escaped(name)}\\fR`).join(", ");
  return term(value === undefined ? bold : `${bold} \\fI${escaped(value)}\\fR`, sentence(about));
}

function term(title: string, text: string): string[] {
  return [".TP", title, escaped(text)];
}

function alsoCalled(aliases: readonly string[]): string {
  return aliases.length === 0 ? "" : ` Also ${aliases.map((alias) => `/${alias}`).join(", ")}.`;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

/** A text that roff takes for nothing but text. */
function escaped(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^[.']/gm, "\\&$&");
}
