import { join } from "node:path";
import { findLocalServers } from "../../chat/local-servers.ts";
import type { Address } from "../../client/index.ts";
import {
  type ClientEnvironment,
  type ClientSettings,
  loadClientEnvironment,
  loadClientSettings,
  loadSettings,
} from "../../config.ts";
import { EXIT, UsageError } from "../exit.ts";
import { readKeyFile } from "./api-key-file.ts";
import { converse } from "./chat-loop.ts";
import { ChatSession } from "./chat-session.ts";
import { chooseProvider, isElsewhere, type ProviderSources, type ProviderWish } from "./choose-provider.ts";
import { completions } from "./commands/slash-commands.ts";
import { History } from "./editor/input-history.ts";
import { exitCodeOf } from "./exit-code.ts";
import { greet, introduceDemo, Search } from "./greeting.ts";
import { InteractiveInput } from "./interactive-input.ts";
import { pipedLines } from "./lines.ts";
import { jsonlView, jsonView } from "./output/json-view.ts";
import { humanView } from "./output/text-view.ts";
import { type Asked, readQuestion } from "./prompt-input.ts";
import { type Connection, connectTo, startOwn } from "./server-connection.ts";
import { findSession } from "./sessions/find-session.ts";
import type { StoredSession } from "./sessions/session-file.ts";
import { SessionStore } from "./sessions/session-store.ts";
import { createTerminal } from "./terminal.ts";

/** The flags that mean one run only; all others are settings. */
export interface RunFlags {
  readonly config?: string | undefined;
  readonly continue?: true | undefined;
  readonly session?: string | undefined;
  readonly interactive?: true | undefined;
  readonly json?: true | undefined;
  readonly jsonl?: true | undefined;
}

/**
 * `nash-llm client`.
 * @param prompt what was asked on the command line; may be empty
 * @param given flags that are settings
 * @returns the exit code
 * @throws {UsageError | ConfigError}
 */
export async function runClient(
  prompt: string,
  run: RunFlags,
  given: Readonly<Record<string, unknown>>,
): Promise<number> {
  const settings = loadClientSettings(given, run.config);
  const env = loadClientEnvironment();
  const terminal = createTerminal(env, settings.color);
  const input = new InteractiveInput(terminal);
  const keyFirst = settings.apiKeyFile === "-";
  if (run.json && run.jsonl) throw new UsageError("--json or --jsonl, not both.");
  const asked = await readQuestion({ prompt, interactive: run.interactive === true, keyFirst, terminal });
  if (asked.type === "terminal" && (run.json || run.jsonl || !input.isThere))
    throw new UsageError("Nothing was asked: give a prompt, or pipe a text in.");
  const store = env.stateFolder === undefined ? undefined : new SessionStore(env.stateFolder);
  const session = findSession(store, { last: run.continue === true, id: run.session });

  const connection = connect(settings, run, env);
  try {
    const search = new Search(() => lookFor(settings, connection, env));
    const sources: ProviderSources = {
      env,
      findServers: search.servers,
      listModels: (address) => modelsAt(connection, address),
      askKey: input.askKey,
    };
    const target = await chooseProvider(await wishOf(settings, session, asked, sources), sources);
    if (target.demo) await introduceDemo(terminal, env, search);
    const conversing = asked.type !== "question";
    const chat = new ChatSession({
      connection,
      terminal,
      sources,
      settings,
      target,
      store: settings.save ? store : undefined,
      onInterrupt: input.onInterrupt,
      view: ({ raw }) =>
        run.json
          ? jsonView(terminal)
          : run.jsonl
            ? jsonlView(terminal)
            : humanView(terminal, { raw, conversing }),
    });
    if (session !== undefined) chat.resume(session);
    return await answerAll(chat, asked, input, historyOf(settings, env));
  } finally {
    input.close();
    await connection.close();
  }
}

/** The server that answers: one inside this process, with the server's settings, unless another is named. */
function connect(settings: ClientSettings, { config }: RunFlags, env: ClientEnvironment): Connection {
  if (settings.server !== undefined) return connectTo(settings.server, env);
  return startOwn(loadSettings({}, config));
}

async function answerAll(
  chat: ChatSession,
  asked: Asked,
  input: InteractiveInput,
  history: History,
): Promise<number> {
  switch (asked.type) {
    case "terminal":
      await greet(chat);
      if (asked.first !== undefined) await chat.ask(asked.first);
      return converse(chat, input.lines(history, completions), history);
    case "lines":
      return converse(chat, pipedLines(asked.lines), new History(undefined));
    case "question": {
      const outcome = await chat.ask(asked.text);
      // Whoever stopped reading has what they wanted.
      if (chat.terminal.closed.aborted) return EXIT.done;
      return exitCodeOf(outcome);
    }
  }
}

/** What flags and the session that goes on ask for. A key belongs to what it came with. */
async function wishOf(
  settings: ClientSettings,
  session: StoredSession | undefined,
  asked: Asked,
  sources: ProviderSources,
): Promise<ProviderWish> {
  const { apiKeyFile } = settings;
  const wish = session === undefined ? settings : goingOn(settings, session);
  const { model, baseUrl, provider } = wish;
  if (apiKeyFile === undefined) return { model, baseUrl, provider };
  if (apiKeyFile !== "-") return { model, baseUrl, provider, key: readKeyFile(apiKeyFile) };
  const key = asked.type === "terminal" ? undefined : asked.key;
  return { model, baseUrl, provider, key: key ?? (await sources.askKey("the provider")) };
}

/** With whom it goes on: as before, or with another model at the same address where the name does not mean another. */
function goingOn({ model, baseUrl, provider }: ClientSettings, session: StoredSession): ProviderWish {
  if (baseUrl !== undefined || provider !== undefined) return { model, baseUrl, provider };
  if (model === undefined) return session;
  return isElsewhere(model, session.baseUrl) ? { model } : { ...session, model };
}

/** Their names; none where they cannot be had. */
async function modelsAt({ client }: Connection, address: Address): Promise<readonly string[]> {
  try {
    return (await client.models(address)).map(({ id }) => id);
  } catch {
    return [];
  }
}

/** A running server looks on its own machine, which may be another one. */
async function lookFor(settings: ClientSettings, connection: Connection, env: ClientEnvironment) {
  if (!settings.detect) return [];
  if (connection.own) return findLocalServers({ ollamaHost: env.ollamaHost });
  try {
    return (await connection.client.local()).filter(({ name }) => name !== "Demo");
  } catch {
    return [];
  }
}

function historyOf({ history }: ClientSettings, { stateFolder }: ClientEnvironment): History {
  return new History(history && stateFolder !== undefined ? join(stateFolder, "history") : undefined);
}
