import type { ProviderProtocol, Running } from "../programs/bench-program.ts";
import { atMostTimes, type Row, SUBJECT } from "../report/row.ts";
import { cpuPerAnswer, type Load } from "./answer-cost.ts";
import type { Field, Measure } from "./measurement.ts";

/** The subject once more, asked in its own protocol: what the other ways are held against. */
const OWN = `${SUBJECT}, its own protocol`;

const LOAD: Load = { question: { model: "demo-fast", tokens: 500 }, answers: 160 };

/** What an OpenAI client costs, where the provider speaks the same, and where all has to be translated. */
export const dialects: Measure = {
  name: "dialects",
  needsWarmth: true,
  run: async (field) => ({
    rows: [
      await row(field, "openai", "CPU, OpenAI client to OpenAI provider, 500 tokens, one a write", 1.05),
      await row(field, "anthropic", "CPU, OpenAI client to Anthropic provider, 500 tokens, one a write", 1.3),
    ],
  }),
};

async function row(field: Field, protocol: ProviderProtocol, label: string, most: number): Promise<Row> {
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
  const rounds = field.quick ? field.rounds : field.rounds * 2;
  const samples = await cpuPerAnswer({ relays, rounds }, LOAD);
  return {
    label,
    unit: "ms",
    samples: Object.assign(new Map(samples), { reasons: new Map([...reasons, ...(samples.reasons ?? [])]) }),
    aims: [atMostTimes(most, OWN)],
  };
}
