import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { findLocalServers } from "../../chat/local-servers.ts";
import {
  childEnvironment,
  loadClientEnvironment,
  loadRouting,
  loadSecrets,
  loadSettings,
} from "../../config.ts";
import { Secret } from "../../core/secret.ts";
import { KNOWN_PROVIDER_NAMES, namedProvider } from "../../routing/named-providers.ts";
import type { RoutingSettings } from "../../routing/settings.ts";
import type { Target } from "../client/chat-target.ts";
import { chooseProvider } from "../client/choose-provider.ts";
import { DEMO, KNOWN_PROVIDERS, NO_KEY } from "../client/known-providers.ts";
import { connectTo } from "../client/server-connection.ts";
import { EXIT, UsageError } from "../exit.ts";
import { listen, serverOptions } from "../server-options.ts";
import { CODING_AGENTS, type CodingAgent, TOKEN_VARIABLE } from "./coding-agents.ts";

export interface LaunchFlags {
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  readonly server?: string | undefined;
  readonly config?: string | undefined;
}

/** Where the agent's requests go: a path prefix or headers, the model, the key, and the variable it came from. */
interface Destination {
  readonly prefix: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly model: string;
  readonly key: Secret;
  readonly keyInShell: string;
}

/** Signals that a terminal sends to both, or that are passed on to the agent. */
const SIGNALS = ["SIGTERM", "SIGHUP", "SIGINT"] as const;

/**
 * `nash-llm launch PROGRAM`: the agent with a server of its own, which is gone with it.
 * @returns the agent's exit code; 128 and the signal's number where one ended it
 * @throws {UsageError}
 */
export async function launchAgent(
  program: string,
  args: readonly string[],
  flags: LaunchFlags,
): Promise<number> {
  const agent = agentCalled(program);
  const path = Bun.which(agent.command);
  if (path === null)
    throw new UsageError(`${agent.command} is not installed. ${agent.install} installs it.`, EXIT.failed);
  const settings = loadSettings({}, flags.config);
  const routing = loadRouting(flags.config);
  const { clients: _clients, ...withoutClients } = routing;
  const destination = await destinationOf(flags, routing);
  const token = flags.server === undefined ? new Secret(crypto.randomUUID()) : loadClientEnvironment().token;
  const { heliconeKey } = loadSecrets(settings);
  const own =
    flags.server === undefined
      ? listen(
          serverOptions(
            { ...settings, host: "127.0.0.1", port: 0, logLevel: "silent" },
            { token, heliconeKey },
            // Whoever starts it is asked for no token but its own.
            () => withoutClients,
          ),
        )
      : undefined;
  const url = own?.url ?? connectTo(flags.server ?? "", loadClientEnvironment()).url;
  const folder = mkdtempSync(join(tmpdir(), "nash-llm-launch-"));
  try {
    chmodSync(folder, 0o700);
    const launch = agent.setUp({
      base: url + destination.prefix,
      model: destination.model,
      headers: {
        ...destination.headers,
        ...(token === undefined ? {} : { "x-nash-llm-token": headerValue(agent, token) }),
      },
      folder,
    });
    for (const [name, text] of Object.entries(launch.files))
      writeFileSync(join(folder, name), text, { mode: 0o600 });
    return await ended({
      cmd: [path, ...launch.args, ...args],
      env: childEnvironment(launch.without, {
        ...launch.env,
        [agent.keyVariable]: destination.key.reveal(),
        ...(token === undefined ? {} : { [TOKEN_VARIABLE]: token.reveal() }),
      }),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await own?.stop(0);
  }
}

/**
 * `nash-llm env PROGRAM`: what to set by hand for a server that runs, for a POSIX shell. Keys and tokens stand as the
 * names of their variables.
 * @throws {UsageError}
 */
export async function agentEnvironment(program: string, flags: LaunchFlags): Promise<string> {
  const agent = agentCalled(program);
  const routing = loadRouting(flags.config);
  const { prefix, headers, model, keyInShell } = await destinationOf(flags, routing, { withoutKey: true });
  const url = connectTo(flags.server ?? "http://127.0.0.1:8001", loadClientEnvironment()).url;
  const folder = `$HOME/.nash-llm-${agent.name}`;
  const { env, without, files } = agent.setUp({ base: url + prefix, model, headers, folder });
  const key = keyInShell === NO_KEY ? NO_KEY : keyInShell;
  return [
    `# ${agent.name} through nash-llm at ${url}. Where the server has a token, add the header x-nash-llm-token.`,
    ...without.map((name) => `unset ${name}`),
    ...Object.entries(env)
      .filter(([, value]) => value !== "")
      .map(([name, value]) => `export ${name}="${value}"`),
    `export ${agent.keyVariable}="${key}"`,
    ...Object.entries(files).flatMap(([name, text]) => [
      `mkdir -p "${folder}" && cat > "${folder}/${name}" <<'END'`,
      text.trimEnd(),
      "END",
    ]),
    "",
  ].join("\n");
}

function agentCalled(program: string): CodingAgent {
  const agent = CODING_AGENTS.find(({ name }) => name === program);
  if (agent !== undefined) return agent;
  throw new UsageError(`${program} is none of ${CODING_AGENTS.map(({ name }) => name).join(", ")}.`);
}

/** Claude Code takes its headers as they are; the others read a variable, so that no token is in a file. */
function headerValue(agent: CodingAgent, token: Secret): string {
  return agent.name === "claude" ? token.reveal() : `$${TOKEN_VARIABLE}`;
}

/**
 * A provider by its name through its path; anybody else, such as an address of the environment or the demo, by
 * `x-nash-llm-base-url`.
 * @param withoutKey only the name of a key's variable is wanted, whether it is set or not
 */
async function destinationOf(
  flags: LaunchFlags,
  routing: RoutingSettings,
  { withoutKey = false } = {},
): Promise<Destination> {
  const { provider, model } = flags;
  const env = loadClientEnvironment();
  const known = KNOWN_PROVIDERS.find(({ name }) => name === provider);
  if (provider !== undefined && provider !== "demo" && known === undefined) {
    const named = namedProvider(provider, routing);
    if (named === undefined)
      throw new UsageError(
        `${provider} is no provider: ${KNOWN_PROVIDER_NAMES.join(", ")}, or one of --config.`,
      );
    if (model === undefined) throw new UsageError(`Which model of ${provider}? Name it with --model.`);
    return { prefix: `/${provider}`, headers: {}, model, key: new Secret(NO_KEY), keyInShell: NO_KEY };
  }
  const configured = routing.providers.find(({ name }) => name === provider);
  if (configured?.key !== undefined && model !== undefined)
    return { prefix: `/${configured.name}`, headers: {}, model, key: new Secret(NO_KEY), keyInShell: NO_KEY };
  if (
    known !== undefined &&
    env.providers[known.name].key === undefined &&
    !env.providers[known.name].baseUrl
  ) {
    if (!withoutKey)
      throw new UsageError(
        `No key for ${known.label}. Give one: export ${known.keyVariable}=…`,
        EXIT.noProvider,
      );
    const keyInShell = `$${known.keyVariable}`;
    return {
      prefix: `/${known.name}`,
      headers: {},
      model: model ?? known.model,
      key: new Secret(NO_KEY),
      keyInShell,
    };
  }
  const wish = provider === "demo" ? { model: model ?? DEMO.model } : { model, provider: known?.name };
  const target = await chooseProvider(wish, {
    env,
    findServers: () => findLocalServers({ ollamaHost: env.ollamaHost }),
    listModels: () => Promise.resolve([]),
    askKey: () => Promise.resolve(undefined),
  });
  return { ...wayTo(target), model: target.model, key: target.key, keyInShell: target.keyInShell };
}

function wayTo({ baseUrl, provider }: Target): Pick<Destination, "prefix" | "headers"> {
  const known = KNOWN_PROVIDERS.find((one) => one.baseUrl === baseUrl);
  if (known !== undefined) return { prefix: `/${known.name}`, headers: {} };
  const protocol = provider === undefined ? {} : { "x-nash-llm-protocol": provider };
  return { prefix: "", headers: { "x-nash-llm-base-url": baseUrl, ...protocol } };
}

/** Runs the agent at this terminal to its end. */
async function ended({ cmd, env }: { cmd: string[]; env: Record<string, string> }): Promise<number> {
  const child = Bun.spawn({ cmd, env, stdio: ["inherit", "inherit", "inherit"] });
  const pass = (signal: NodeJS.Signals) => {
    // The terminal has sent Ctrl-C to the agent itself.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  try {
    const code = await child.exited;
    const signal = SIGNALS.find((name) => name === child.signalCode);
    return signal === undefined ? code : 128 + constants.signals[signal];
  } finally {
    for (const signal of SIGNALS) process.off(signal, pass);
  }
}
