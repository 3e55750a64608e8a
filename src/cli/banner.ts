import type { FoundServer } from "../chat/local-servers.ts";
import type { Style } from "./style.ts";

/** What the first words of `nash-llm serve` tell of. */
export interface Listening {
  readonly version: string;
  /** What it is bound to. */
  readonly host: string;
  readonly port: number;
  /** Others on the network can reach it. */
  readonly exposed: boolean;
  /** Names that others may call it by (`--allow-host`). */
  readonly names: readonly string[];
  /** Where a shell finds the token that is wanted, such as `$NASH_LLM_TOKEN`; absent where none is. */
  readonly tokenInShell: string | undefined;
  /** Which keys of the settings can be spent, and by whom; absent where there are none. */
  readonly ownKeys?: string | undefined;
  /** cmd.exe knows no single quotes. */
  readonly windows: boolean;
}

/** The question of the `try` line. The demo answers it, always: no key, no network. */
const QUESTION = {
  messages: [{ role: "user", content: "Hello, how are you?" }],
  model: "demo",
  api_key: "any-word",
  api_base_url: "http://demo.invalid/v1",
};

/** The lines that are known at once. The first begins with name, version and URL: scripts read it. */
export function addressLines(listening: Listening, style: Style): string[] {
  const { version, host, port, exposed, names, ownKeys } = listening;
  const here = addressHere(host, port);
  const reach = exposed
    ? style.yellow("others on the network can reach it; /v1 wants the token")
    : style.dim("only this computer can reach it");
  return [
    `${style.bold(`nash-llm ${version}`)}   ${here}   ${reach}`,
    line(style, "chat", `${here}/`),
    line(style, "docs", `${here}/docs`),
    line(style, "health", `${here}/health`),
    ...(ownKeys === undefined ? [] : [line(style, "keys", ownKeys)]),
    ...(isUnspecified(host) && names.length === 0
      ? [
          line(
            style,
            "note",
            "others reach it by a name or an address that --allow-host lists; none is listed",
          ),
        ]
      : []),
  ];
}

/** What was found on this machine. */
export function foundLine(servers: readonly FoundServer[], style: Style): string {
  if (servers.length === 0)
    return line(style, "found", "no model server on this machine; the built-in demo answers");
  const open = servers.some(({ wantsKey }) => wantsKey !== true);
  const keyless = open ? style.dim(" · no key needed") : "";
  return line(style, "found", servers.map(describe).join(", ") + keyless);
}

/** A whole command that works as it stands. */
export function tryLine(listening: Listening, style: Style): string {
  const { host, port, tokenInShell, windows } = listening;
  const quote = windows
    ? (text: string) => `"${text.replaceAll('"', '\\"')}"`
    : (text: string) => `'${text}'`;
  const words = [
    windows ? "curl.exe" : "curl",
    "-N",
    `${addressHere(host, port)}/v1/chat/completions/stream`,
    ...(tokenInShell === undefined ? [] : ["-H", `"authorization: Bearer ${tokenInShell}"`]),
    "-H",
    quote("content-type: application/json"),
    "-d",
    quote(JSON.stringify(QUESTION)),
  ];
  return line(style, "try", words.join(" "));
}

function line(style: Style, label: string, text: string): string {
  return `  ${style.dim(label.padEnd(8))} ${text}`;
}

function isUnspecified(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

function describe({ name, api_base_url: baseUrl, models, wantsKey }: FoundServer): string {
  const { port, host } = new URL(baseUrl);
  const count = models.length === 1 ? "1 model" : `${models.length} models`;
  return `${name} on ${port || host} (${wantsKey === true ? "wants its key" : count})`;
}

/** The address of a server bound to a host, as it is reached from this machine: an unspecified one means loopback. */
export function addressHere(host: string, port: number): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}
