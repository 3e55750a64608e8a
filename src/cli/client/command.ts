import { Conversation } from "../../client/index.ts";
import { loadClientEnvironment, loadSettings } from "../../config.ts";
import { findLocalServers } from "../../upstream/local-servers.ts";
import { EXIT } from "../exit.ts";
import { choose } from "./choose.ts";
import { converse } from "./conversation.ts";
import { exitCodeFor } from "./exit-code.ts";
import { put } from "./put.ts";
import { startOwn } from "./server.ts";
import { addressOf } from "./target.ts";
import { createTerminal } from "./terminal.ts";
import { humanView } from "./view/human.ts";

export interface ClientFlags {
  readonly model?: string;
  readonly baseUrl?: string;
}

export async function runClient(prompt: string | undefined, flags: ClientFlags): Promise<number> {
  const env = loadClientEnvironment();
  const terminal = createTerminal(env, undefined);
  const target = await choose(flags, {
    env,
    findServers: () => findLocalServers({ ollamaHost: env.ollamaHost }),
    askKey: () => Promise.resolve(undefined),
  });
  if (target.demo)
    terminal.note("No model found. Built-in DEMO: scripted text, no AI, nothing leaves this machine.");
  const connection = startOwn(loadSettings({}));
  try {
    const question = prompt ?? (process.stdin.isTTY ? undefined : await Bun.stdin.text());
    if (question === undefined) return await converse(connection, target, terminal);
    const conversation = new Conversation(connection.client, {
      ...addressOf(target),
      stream_options: { include_usage: true, include_reasoning: true },
    });
    const stop = new AbortController();
    process.once("SIGINT", () => stop.abort());
    const outcome = await put(
      conversation.send(question, { signal: stop.signal }),
      target,
      humanView(terminal, { raw: false, conversing: false }),
      stop.signal,
      () => undefined,
    );
    if (outcome.stopped) return EXIT.interrupted;
    return outcome.error === undefined ? EXIT.done : exitCodeFor(outcome.error);
  } finally {
    await connection.close();
  }
}
