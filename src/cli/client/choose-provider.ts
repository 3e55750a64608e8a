import ipaddr from "ipaddr.js";
import type { FoundServer } from "../../chat/local-servers.ts";
import type { Address } from "../../client/index.ts";
import type { ClientEnvironment, ClientSettings } from "../../config.ts";
import { isLoopbackHost } from "../../core/loopback.ts";
import { Secret } from "../../core/secret.ts";
import { EXIT, UsageError } from "../exit.ts";
import { demo, local, type Target, usualModel } from "./chat-target.ts";
import { DEMO, KNOWN_PROVIDERS, type KnownProvider, NO_KEY } from "./known-providers.ts";

/** What `--provider` may say. */
export type ProviderChoice = NonNullable<ClientSettings["provider"]>;

/** What was asked for; nothing of it need be there. */
export interface ProviderWish {
  readonly model?: string | undefined;
  readonly baseUrl?: string | undefined;
  /** A protocol to speak, or whose key and address to use. */
  readonly provider?: ProviderChoice | undefined;
  /** From a file or standard input. It belongs to the address that was asked for, never to one of the environment. */
  readonly key?: Secret | undefined;
}

/** Where to look for what was not asked for. */
export interface ProviderSources {
  readonly env: ClientEnvironment;
  /** Model servers on this machine; asked at most once and only when it comes to that. */
  readonly findServers: () => Promise<readonly FoundServer[]>;
  /** The models at an address; none where it does not tell. */
  readonly listModels: (address: Address) => Promise<readonly string[]>;
  /** Asks the person at the terminal for a key; nothing where there is none. */
  readonly askKey: (what: string) => Promise<Secret | undefined>;
}

/**
 * Whom to talk to: what was asked for, else a key in the environment, else a server on this machine, else the demo.
 * The demo is for those who asked for nothing; it never stands in for what they asked for.
 * @throws {UsageError} with exit code 3 where a key or a provider is missing
 */
export async function chooseProvider(wish: ProviderWish, sources: ProviderSources): Promise<Target> {
  if (wish.baseUrl !== undefined) return atAddress(wish.baseUrl, wish, sources);
  if (wish.model !== undefined && DEMO.models.test(wish.model)) return demo(wish.model);
  const named = knownFor(wish);
  if (named !== undefined) {
    const target = await atProvider(named, wish, sources);
    if (target !== undefined) return target;
    throw missingKey(named.keyVariable, named.label);
  }
  if (wish.key !== undefined) throw new UsageError("A key alone does not say whose it is: add --base-url.");
  return (await whoeverIsThere(wish.model, sources)) ?? nobody(wish.model);
}

/** Whether a model's name means somebody else than who is at this address. */
export function isElsewhere(model: string, baseUrl: string | undefined): boolean {
  const origin = baseUrl === undefined ? undefined : URL.parse(baseUrl)?.origin;
  const isDemo = origin === new URL(DEMO.baseUrl).origin;
  if (isDemo || DEMO.models?.test(model)) return isDemo !== DEMO.models.test(model);
  const known = KNOWN_PROVIDERS.find(({ models }) => models?.test(model));
  const here = KNOWN_PROVIDERS.find((provider) => new URL(provider.baseUrl).origin === origin);
  return known !== undefined && here !== undefined && known !== here;
}

/** The provider that the flag or the model's name means. */
function knownFor({ provider, model }: ProviderWish): KnownProvider | undefined {
  if (provider !== undefined) return KNOWN_PROVIDERS.find(({ name }) => name === provider);
  return model === undefined ? undefined : KNOWN_PROVIDERS.find(({ models }) => models?.test(model));
}

async function atAddress(baseUrl: string, wish: ProviderWish, sources: ProviderSources): Promise<Target> {
  const url = URL.parse(baseUrl);
  if (url === null) throw new UsageError(`${baseUrl} is not an address such as https://api.openai.com/v1.`);
  if (url.hostname === new URL(DEMO.baseUrl).hostname) return demo(wish.model ?? DEMO.model);
  const pair = pairAt(url, wish, sources.env);
  const isLocal = isNear(url);
  const key = wish.key ?? pair?.key ?? (isLocal ? new Secret(NO_KEY) : await sources.askKey(url.host));
  if (key === undefined) throw missingKey(undefined, url.host);
  const model = wish.model ?? (await firstModel(baseUrl, key, wish, sources)) ?? pair?.known.model;
  if (model === undefined) throw new UsageError(`Which model of ${url.host}? Name it with --model.`);
  return {
    label: pair?.known.label ?? url.host,
    baseUrl,
    model,
    key,
    provider: protocolOf(wish.provider),
    keyInShell: keyName(wish, pair?.key === key ? pair.known : undefined, isLocal),
    demo: false,
  };
}

/** A known provider, with the key that was given or the one of the environment. */
async function atProvider(
  known: KnownProvider,
  wish: ProviderWish,
  sources: ProviderSources,
): Promise<Target | undefined> {
  const own = sources.env.providers[known.name];
  const usesOwn = wish.key === undefined && (own.key !== undefined || own.baseUrl !== undefined);
  const baseUrl = (usesOwn ? own.baseUrl : undefined) ?? known.baseUrl;
  const isLocal = isNear(URL.parse(baseUrl));
  const key = wish.key ?? own.key ?? (isLocal ? new Secret(NO_KEY) : await sources.askKey(known.label));
  if (key === undefined) return undefined;
  return {
    label: known.label,
    baseUrl,
    model:
      wish.model ?? (await firstModel(baseUrl, key, wish, sources)) ?? (await usualOf(known, key, sources)),
    key,
    // An address of the user's own does not tell its protocol by its host; the variable that names it does.
    provider: protocolOf(wish.provider ?? (baseUrl === known.baseUrl ? undefined : known.name)),
    keyInShell: keyName(wish, own.key === key ? known : undefined, isLocal),
    demo: false,
  };
}

/** What is there without having been asked for by name. */
async function whoeverIsThere(
  model: string | undefined,
  sources: ProviderSources,
): Promise<Target | undefined> {
  const quiet = { ...sources, askKey: () => Promise.resolve(undefined) };
  const ready = KNOWN_PROVIDERS.filter(({ name }) => {
    const { key, baseUrl } = sources.env.providers[name];
    return key !== undefined || (baseUrl !== undefined && isLoopback(URL.parse(baseUrl)));
  });
  // A model that no provider of ours is known by: an address of the user's own, or a server here that has it, comes first.
  const custom = ready.find(({ name }) => sources.env.providers[name].baseUrl !== undefined);
  const [first] = model === undefined ? ready : custom === undefined ? [] : [custom];
  if (first !== undefined) return atProvider(first, { model }, quiet);
  for (const server of await sources.findServers()) {
    const has = model === undefined ? usualModel(server.models) : listed(model, server.models);
    if (has !== undefined) return local(server, has);
  }
  return ready[0] === undefined ? undefined : atProvider(ready[0], { model }, quiet);
}

function nobody(model: string | undefined): Target {
  if (model === undefined) return demo(DEMO.model);
  throw new UsageError(
    `Nobody here has the model ${model}. Say where it is with --base-url, set OPENAI_API_KEY or another provider's key, ` +
      "or start Ollama and pull it.",
    EXIT.noProvider,
  );
}

function listed(model: string, models: readonly string[]): string | undefined {
  return models.find((id) => id === model || id === `${model}:latest`);
}

/** What a server on this machine has; of others nothing is taken for granted, since it may cost. */
async function firstModel(
  baseUrl: string,
  key: Secret,
  { provider }: ProviderWish,
  { listModels }: ProviderSources,
): Promise<string | undefined> {
  if (!isNear(URL.parse(baseUrl))) return undefined;
  return usualModel(
    await listModels({ api_base_url: baseUrl, api_key: key.reveal(), provider: protocolOf(provider) }),
  );
}

/**
 * The key of the environment that belongs to this address, by its origin. A gateway may hold both providers' addresses:
 * then the path, the wished provider and the model tell whose key it is.
 */
function pairAt(url: URL, { provider, model }: ProviderWish, env: ClientEnvironment) {
  const candidates = KNOWN_PROVIDERS.flatMap((known) => {
    const { key, baseUrl } = env.providers[known.name];
    const own = URL.parse(baseUrl ?? known.baseUrl);
    if (own?.origin !== url.origin) return [];
    const samePath = url.pathname.startsWith(own.pathname.replace(/\/+$/, ""));
    const meant =
      provider === undefined
        ? model !== undefined && (known.models?.test(model) ?? false)
        : provider === known.name;
    return [{ known, key, rank: (samePath ? 2 : 0) + (meant ? 1 : 0) }];
  });
  return candidates.toSorted((one, other) => other.rank - one.rank)[0];
}

/** The model to begin with, from the provider's own list where that does not have ours any more. */
async function usualOf(known: KnownProvider, key: Secret, { listModels }: ProviderSources): Promise<string> {
  // These two are our own documents' examples, and are asked at once.
  if (known.models !== undefined) return known.model;
  const models = await listModels({ api_base_url: known.baseUrl, api_key: key.reveal() });
  return models.length === 0 || models.includes(known.model)
    ? known.model
    : (usualModel(models) ?? known.model);
}

function protocolOf(choice: ProviderChoice | undefined): Target["provider"] {
  return choice === "openai" || choice === "anthropic" || choice === "responses" ? choice : undefined;
}

/** On this machine or in this network: whoever listens there most likely wants no key. */
function isNear(url: URL | null): boolean {
  if (url === null) return false;
  if (
    isLoopback(url) ||
    !/[.:]/.test(url.hostname) ||
    /\.(?:local|lan|home|internal|home\.arpa)$/.test(url.hostname)
  )
    return true;
  const address = url.hostname.replace(/^\[|\]$/g, "");
  return ipaddr.isValid(address) && NEAR.includes(ipaddr.process(address).range());
}

const NEAR: readonly string[] = ["loopback", "private", "uniqueLocal", "carrierGradeNat"];

function isLoopback(url: URL | null): boolean {
  return url !== null && isLoopbackHost(url.hostname);
}

function keyName(wish: ProviderWish, known: KnownProvider | undefined, isLocal: boolean): string {
  if (known !== undefined) return `$${known.keyVariable}`;
  return wish.key === undefined && isLocal ? NO_KEY : "$API_KEY";
}

function missingKey(variable: string | undefined, label: string): UsageError {
  const hint = variable === undefined ? "" : `export ${variable}=…, or `;
  return new UsageError(
    `No key for ${label}. Give one: ${hint}--api-key-file FILE (or - for standard input).`,
    EXIT.noProvider,
  );
}
