import type { Address } from "../../../client/index.ts";
import { UsageError } from "../../exit.ts";
import { choose, isElsewhere } from "../choose.ts";
import { DEMO, KNOWN_PROVIDERS } from "../known.ts";
import { sanitize } from "../render/sanitize.ts";
import type { Talk } from "../talk.ts";
import { addressOf, demo, local, type Target, usualModel } from "../target.ts";
import { type ChatCommand, GO_ON } from "./command.ts";

const LISTED = 30;

export const model: ChatCommand = {
  name: "model",
  argument: "[NAME]",
  about: "list models, or go on with another one",
  async run(talk, name) {
    if (name === "") {
      await list(talk);
      return GO_ON;
    }
    try {
      talk.target = await targetFor(name, talk);
      const { label, model: chosen } = talk.target;
      talk.terminal.warn(`Now ${sanitize(chosen)} of ${sanitize(label)}.`);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      talk.terminal.warn(error.message);
    }
    return GO_ON;
  },
};

/** The model at the address at hand, unless its name means another provider, or a server on this machine has it. */
async function targetFor(name: string, { target, around }: Talk): Promise<Target> {
  if (DEMO.models.test(name)) return demo(name);
  const servers = await around.findServers();
  const server = servers.find(
    ({ models, name: label }) => models.includes(name) || label.toLowerCase() === name.toLowerCase(),
  );
  if (server !== undefined) {
    const chosen = server.models.includes(name) ? name : usualModel(server.models);
    if (chosen !== undefined) return local(server, chosen);
  }
  return isElsewhere(name, target.baseUrl) ? choose({ model: name }, around) : { ...target, model: name };
}

async function list(talk: Talk): Promise<void> {
  const { terminal, target, around, connection } = talk;
  const [here, servers] = await Promise.all([
    talk
      .stoppable((signal) => connection.client.models(withoutModel(target), { signal }))
      .then((models) => models.map(({ id }) => id))
      .catch(() => undefined),
    around.findServers(),
  ]);
  const line = (label: string, models: string) => terminal.warn(`  ${sanitize(label)}: ${sanitize(models)}`);
  terminal.warn(`Now ${sanitize(target.model)} of ${sanitize(target.label)}.`);
  line(target.label, here === undefined ? "its models cannot be listed" : few(here));
  for (const server of servers) {
    if (server.api_base_url === target.baseUrl) continue;
    line(server.name, server.wantsKey ? "is here, but wants a key" : few(server.models) || "no model yet");
  }
  for (const known of KNOWN_PROVIDERS) {
    if (known.label === target.label) continue;
    const isReady = around.env[known.name].key !== undefined;
    line(known.label, isReady ? `${known.model}, or any other` : `export ${known.keyVariable}=…`);
  }
  if (!target.demo) line(DEMO.label, DEMO.model);
  terminal.note(terminal.style.dim("/model NAME goes on with one."));
}

function withoutModel(target: Target): Address {
  const { model: _, ...address } = addressOf(target);
  return address;
}

/** As many names as fit the patience of a reader. */
function few(models: readonly string[]): string {
  const more = models.length - LISTED;
  return models.slice(0, LISTED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
