import type { Usage } from "../core/event.ts";

/** US dollars for a million tokens; with others from so many tokens of input on, for all of the request. */
export type Rate = number | readonly [number, ...(readonly [start: number, rate: number])[]];

/** What tokens of input, output, and of input read from and written to a cache cost. */
export interface Rates {
  readonly i: Rate;
  readonly o: Rate;
  readonly r?: Rate;
  readonly w?: Rate;
  /** The day from which they hold. */
  readonly from?: string;
}

/** What the names of a model match, and its prices in the order of their days; none where they are not known. */
export type ModelPrices = readonly [pattern: string, ...rates: readonly Rates[]];

export interface PriceTable {
  /** When the prices were read. */
  readonly date: string;
  readonly source: string;
  readonly providers: readonly { readonly url: string; readonly models: readonly ModelPrices[] }[];
}

/** As many models as are remembered. */
const MOST_REMEMBERED = 500;

let loading: Promise<PriceTable> | undefined;
let table: PriceTable | undefined;
const known = new Map<string, readonly Rates[]>();

/** Loads the table, which is left where it is until somebody asks a provider that may have prices. */
export function loadPrices(): Promise<PriceTable> {
  loading ??= import("./price-table.json").then(({ default: json }) => {
    // Lists of a JSON file have no fixed length to the compiler.
    table = json as unknown as PriceTable;
    return table;
  });
  return loading;
}

/** The rates that a provider asks for a model; undefined where they are not known, or the table has not been loaded. */
export function ratesOf(baseUrl: URL, model: string, day: string = today()): Rates | undefined {
  if (table === undefined) return undefined;
  const key = `${baseUrl.host} ${model}`;
  let rates = known.get(key);
  if (rates === undefined) {
    rates = find(table, baseUrl.href, model.toLowerCase());
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(key, rates);
  }
  return rates.findLast(({ from }) => from === undefined || from <= day);
}

function find({ providers }: PriceTable, url: string, model: string): readonly Rates[] {
  const provider = providers.find(({ url: pattern }) => new RegExp(`^${pattern}`).test(url));
  const entry = provider?.models.find(([pattern]) => new RegExp(pattern).test(model));
  return entry === undefined ? [] : (entry.slice(1) as readonly Rates[]);
}

/** What so many tokens cost, in US dollars. What has no rate of its own costs what input costs. */
export function costOf({ i, o, r = i, w = i }: Rates, usage: Usage): number {
  const {
    inputTokens: input,
    outputTokens: output,
    cacheReadTokens: read = 0,
    cacheWriteTokens: written = 0,
  } = usage;
  const fresh = Math.max(0, input - read - written);
  const parts = [fresh * at(i, input), output * at(o, input), read * at(r, input), written * at(w, input)];
  const millionths = parts.reduce((sum, part) => sum + part, 0);
  // To a billionth of a dollar: what comes behind is no price but arithmetic.
  return Number((millionths / 1_000_000).toFixed(9));
}

function at(rate: Rate, input: number): number {
  if (typeof rate === "number") return rate;
  const [base, ...tiers] = rate;
  return tiers.findLast(([start]) => input > start)?.[1] ?? base;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}
