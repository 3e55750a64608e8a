import type { Address } from "../../../client/index.ts";
import { UsageError } from "../../exit.ts";
import type { ChatSession } from "../chat-session.ts";
import { addressOf, demo, local, type Target, usualModel } from "../chat-target.ts";
import { chooseProvider, isElsewhere } from "../choose-provider.ts";
import { DEMO, KNOWN_PROVIDERS } from "../known-providers.ts";
import { sanitize } from "../markdown/sanitize.ts";
import { type ChatCommand, GO_ON } from "./slash-command.ts";

export const model: ChatCommand = {
  name: "model",
  argument: "[NAME]",
  about: "list models (of many, /model *PART*), or go on with another one",
  async run(chat, name) {
    if (name === "" || name.includes("*")) {
      await list(chat, name || "*");
      return GO_ON;
    }
    try {
      chat.target = await targetFor(name, chat);
      const { label, model: chosen } = chat.target;
      chat.terminal.warn(`Now ${sanitize(chosen)} of ${sanitize(label)}.`);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      chat.terminal.warn(error.message);
    }
    return GO_ON;
  },
};

/** The model at the address at hand, unless its name means another provider, or a server on this machine has it. */
async function targetFor(name: string, { target, sources }: ChatSession): Promise<Target> {
  if (DEMO.models.test(name)) return demo(name);
  const servers = await sources.findServers();
  const server = servers.find(
    ({ models, name: label }) => models.includes(name) || label.toLowerCase() === name.toLowerCase(),
  );
  if (server !== undefined) {
    const chosen = server.models.includes(name) ? name : usualModel(server.models);
    if (chosen !== undefined) return local(server, chosen);
  }
  return isElsewhere(name, target.baseUrl)
    ? chooseProvider({ model: name }, sources)
    : { ...target, model: name };
}

async function list(chat: ChatSession, pattern: string): Promise<void> {
  const { terminal, target, sources, connection } = chat;
  const [here, servers] = await Promise.all([
    chat
      .stoppable((signal) => connection.client.models(withoutModel(target), { signal }))
      .then((models) => models.map(({ id }) => id))
      .catch(() => undefined),
    sources.findServers(),
  ]);
  const line = (label: string, models: string) => terminal.warn(`  ${sanitize(label)}: ${sanitize(models)}`);
  terminal.warn(`Now ${sanitize(target.model)} of ${sanitize(target.label)}.`);
  line(target.label, here === undefined ? "its models cannot be listed" : matching(here, pattern) || "none");
  for (const server of servers) {
    if (server.api_base_url === target.baseUrl) continue;
    line(
      server.name,
      server.wantsKey ? "is here, but wants a key" : matching(server.models, pattern) || "no model",
    );
  }
  for (const known of KNOWN_PROVIDERS) {
    if (known.label === target.label) continue;
    const isReady = sources.env.providers[known.name].key !== undefined;
    // The two best known are told of in any case; they have models that are known by name.
    if (!isReady && known.models === undefined) continue;
    line(known.label, isReady ? `${known.model}, or any other` : `export ${known.keyVariable}=…`);
  }
  if (!target.demo) line(DEMO.label, DEMO.model);
  terminal.note(terminal.style.dim("/model NAME goes on with one."));
}

function withoutModel(target: Target): Address {
  const { model: _, ...address } = addressOf(target);
  return address;
}

/** The names that a pattern such as `*claude*` matches. */
function matching(models: readonly string[], pattern: string): string {
  const parts = pattern.split("*").map((part) => part.replace(/[^\w]/g, "\\$&"));
  const wanted = new RegExp(`^${parts.join(".*")}$`, "i");
  return models.filter((name) => wanted.test(name)).join(", ");
}
