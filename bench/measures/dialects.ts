import type { ProviderProtocol, Running } from "../programs/bench-program.ts";
import { type Aim, atMostTimes, type Row, SUBJECT } from "../report/row.ts";
import { BURST, cpuPerAnswer, FAST, type Load } from "./answer-cost.ts";
import type { Field, Measure } from "./measurement.ts";

/** The subject once more, asked in its own protocol: what the other ways are held against. */
const OWN = `${SUBJECT}, its own protocol`;

/** It cannot translate: what it hands on to a client of the provider's own protocol, beside those that do. */
const UNTRANSLATED = "passthrough, untranslated";

const ONE_A_WRITE: Load = { question: FAST, answers: 160 };
const TWENTY_A_WRITE: Load = { question: BURST, answers: 480 };

/** What an OpenAI client costs, where the provider speaks the same, and where all has to be translated. */
export const dialects: Measure = {
  name: "dialects",
  needsWarmth: true,
  run: async (field) => ({
    rows: [
      await row(field, ONE_A_WRITE, "openai", [atMostTimes(1.05, OWN)]),
      await row(field, TWENTY_A_WRITE, "openai", [atMostTimes(1.3, "passthrough")]),
      await row(field, ONE_A_WRITE, "anthropic", [atMostTimes(1.3, OWN), atMostTimes(1.8, UNTRANSLATED)]),
    ],
  }),
};

async function row(field: Field, load: Load, protocol: ProviderProtocol, aims: readonly Aim[]): Promise<Row> {
  field.say(`dialects, ${protocol}`);
  const relays = new Map<string, Running>();
  const reasons = new Map<string, string>();
  for (const [name, running] of field.relays) {
    const request = running.openAiClient?.[protocol];
    if (request !== undefined) relays.set(name, { ...running, request });
    else reasons.set(name, `${name} takes no OpenAI client to a provider of that protocol.`);
  }
  const own = field.relays.get(SUBJECT);
  if (own !== undefined) relays.set(OWN, own);
  const passthrough = field.relays.get("passthrough");
  if (passthrough !== undefined && protocol !== "openai") relays.set(UNTRANSLATED, passthrough);
  const rounds = field.quick ? field.rounds : field.rounds * 2;
  const samples = await cpuPerAnswer({ relays, rounds }, load);
  return {
    label: `CPU, OpenAI client to ${protocol === "openai" ? "OpenAI" : "Anthropic"} provider, 500 tokens, ${load === ONE_A_WRITE ? "one" : "twenty"} a write`,
    unit: "ms",
    samples: Object.assign(new Map(samples), { reasons: new Map([...reasons, ...(samples.reasons ?? [])]) }),
    aims,
  };
}
