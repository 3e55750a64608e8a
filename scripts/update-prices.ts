/**
 * Writes `src/tokens/price-table.json` from the package @pydantic/genai-prices, which takes 25 MB and 60 ms once it is
 * loaded: what is needed of it is far less. Run it after the package was updated:
 *
 *     bun scripts/update-prices.ts 2026-09-23
 *
 * with the day on which that version came out.
 */
import { findProvider, type MatchLogic, type ModelInfo, type ModelPrice } from "@pydantic/genai-prices";
import { devDependencies } from "../package.json";
import type { ModelPrices, PriceTable, Rate, Rates } from "../src/tokens/prices.ts";

/** Those of the package's providers that this server knows by their host; with a pattern where more hosts are theirs. */
const PROVIDERS: Readonly<Record<string, string>> = {
  openai: "https://(?:api\\.openai\\.com|oai\\.helicone\\.ai)(?:/|$)",
  anthropic: "https://(?:api\\.anthropic\\.com|anthropic\\.helicone\\.ai)(?:/|$)",
  cerebras: "",
  deepseek: "",
  fireworks: "",
  google: "",
  groq: "",
  mistral: "",
  moonshotai: "",
  openrouter: "",
  together: "",
  "x-ai": "",
  zai: "",
};

const COUNTED = ["input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok"] as const;
/** Counted by nobody here, and never part of a chat unless its client asked for it. */
const IGNORED = /audio|image|video|1h|searches|kpages|citation/;

function pattern(match: MatchLogic): string {
  if ("or" in match) return `(?:${match.or.map(pattern).join("|")})`;
  if ("and" in match) return match.and.map((part) => `(?=${pattern(part)})`).join("");
  if ("equals" in match) return `^${literal(match.equals)}$`;
  if ("starts_with" in match) return `^${literal(match.starts_with)}`;
  if ("ends_with" in match) return `^.*${literal(match.ends_with)}$`;
  if ("contains" in match) return `^.*${literal(match.contains)}`;
  return match.regex.startsWith("^") ? match.regex : `^.*(?:${match.regex})`;
}

function literal(text: string): string {
  return text.toLowerCase().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function rateOf(price: ModelPrice[string]): Rate | undefined {
  if (price === undefined || typeof price === "number") return price;
  return [price.base, ...price.tiers.map(({ start, price: rate }) => [start, rate] as const)];
}

function ratesOf(prices: ModelPrice): Rates | undefined {
  const isOther = (name: string) => !COUNTED.some((counted) => counted === name) && !IGNORED.test(name);
  if (Object.keys(prices).some(isOther)) return undefined;
  const [input, output, read, written] = COUNTED.map((name) => rateOf(prices[name]));
  if (input === undefined || output === undefined) return undefined;
  return {
    i: input,
    o: output,
    ...(read === undefined ? {} : { r: read }),
    ...(written === undefined ? {} : { w: written }),
  };
}

function entryOf({ match, prices }: ModelInfo): ModelPrices {
  const list = Array.isArray(prices) ? prices : [{ prices }];
  const dated = list.map(({ constraint, prices: priced }) => {
    const rates = constraint?.type === "time_of_date" ? undefined : ratesOf(priced);
    const from = constraint?.type === "start_date" ? { from: constraint.start_date } : {};
    return rates && { ...rates, ...from };
  });
  // Prices that change with the hour, or that nobody here can reckon: the model is known, its price is not.
  const known = dated.flatMap((rates) => rates ?? []);
  return [pattern(match), ...(known.length === list.length ? known : [])];
}

const [date] = Bun.argv.slice(2);
if (date === undefined) throw new Error("The day on which the package came out is missing.");
const source = `@pydantic/genai-prices ${devDependencies["@pydantic/genai-prices"]}`;
const providers: PriceTable["providers"] = Object.entries(PROVIDERS).map(([id, url]) => {
  const provider = findProvider({ providerId: id });
  if (provider === undefined) throw new Error(`The package knows no ${id}.`);
  return { url: url || provider.api_pattern, models: provider.models.map(entryOf) };
});
const lines = providers.map(({ url, models }) => {
  const rows = models.map((model) => JSON.stringify(model)).join(",\n");
  return `{"url":${JSON.stringify(url)},"models":[\n${rows}\n]}`;
});
const text = `{"date":"${date}","source":"${source}","providers":[\n${lines.join(",\n")}\n]}\n`;
await Bun.write(new URL("../src/tokens/price-table.json", import.meta.url), text);
