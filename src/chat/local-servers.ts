import { asObject, asText, objectsIn, parseJson } from "../core/json.ts";
import { isLoopbackHost } from "../core/loopback.ts";

/** A model server on this machine that said what it is. */
export interface FoundServer {
  /** As people call it: `Ollama`, `LM Studio`, `llama.cpp`, `Jan`. */
  readonly name: string;
  readonly api_base_url: string;
  readonly models: readonly string[];
  /** It is there, but lists nothing without its key. */
  readonly wantsKey?: true;
}

export interface FindOptions {
  /** `OLLAMA_HOST`, which may be a host, a port, both, or an address. */
  readonly ollamaHost?: string | undefined;
  /** How long all of it may take, in milliseconds. */
  readonly timeoutMs?: number;
  /** Where to look instead of the usual ports, and for what. */
  readonly places?: readonly Place[];
}

/** A port on loopback and what is expected there. */
export interface Place {
  readonly kind: keyof typeof KINDS;
  readonly origin: string;
}

const TIMEOUT_MS = 300;
/** A list of models longer than this is not from a server on somebody's desk. */
const MAX_BYTES = 1_000_000;
const MAX_MODELS = 1_000;

/** How each kind of server shows what it is: gives its models, or nothing where something else answers. */
const KINDS = {
  ollama: { name: "Ollama", look: lookAtOllama },
  lmStudio: { name: "LM Studio", look: lookAtLmStudio },
  llamaCpp: { name: "llama.cpp", look: lookAtLlamaCpp },
  jan: { name: "Jan", look: lookAtJan },
} as const;

type Get = (path: string) => Promise<{ readonly status: number; readonly json: unknown }>;
type Sight = Pick<FoundServer, "models" | "wantsKey"> | undefined;

/**
 * Looks for model servers on this machine, at all places at once. Loopback alone, without a key, not through a proxy,
 * following no redirect; what does not look like the server that it should be is left out. Never throws.
 */
export async function findLocalServers(options: FindOptions = {}): Promise<readonly FoundServer[]> {
  const signal = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  const places = options.places ?? usualPlaces(options.ollamaHost);
  const found = await Promise.all(places.map((place) => lookAt(place, signal)));
  return found.filter((server) => server !== undefined);
}

/** The ports that these servers listen on unless told otherwise. llama.cpp moved from 8080 to 9931. */
function usualPlaces(ollamaHost: string | undefined): readonly Place[] {
  const ollama = ollamaOrigin(ollamaHost);
  return [
    ...(ollama === undefined ? [] : [{ kind: "ollama", origin: ollama } as const]),
    { kind: "lmStudio", origin: "http://127.0.0.1:1234" },
    { kind: "llamaCpp", origin: "http://127.0.0.1:9931" },
    { kind: "llamaCpp", origin: "http://127.0.0.1:8080" },
    { kind: "jan", origin: "http://127.0.0.1:1337" },
  ];
}

/** `OLLAMA_HOST` as an origin on loopback; an unspecified address means loopback. Nothing where it is elsewhere. */
export function ollamaOrigin(host: string | undefined): string | undefined {
  const text = host?.trim() || "127.0.0.1";
  const host6 = /^[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*$/i.test(text) ? `[${text}]` : text;
  const bare = /^\d+$/.test(text) || /^:\d/.test(text) ? `127.0.0.1:${text.replace(/^:/, "")}` : host6;
  const url = URL.parse(/^[a-z]+:\/\//i.test(bare) ? bare : `http://${bare}`);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) return undefined;
  if (url.hostname === "0.0.0.0") url.hostname = "127.0.0.1";
  if (url.hostname === "[::]") url.hostname = "[::1]";
  if (!isLoopbackHost(url.hostname)) return undefined;
  // A port that a scheme implies is one that the user wrote; only none at all means Ollama's own.
  const hasPort = url.port !== "" || /:\d+\/?$/.test(bare) || /^https?:\/\//i.test(bare);
  return hasPort ? url.origin : `${url.origin}:11434`;
}

async function lookAt({ kind, origin }: Place, signal: AbortSignal): Promise<FoundServer | undefined> {
  const { name, look } = KINDS[kind];
  try {
    const sight = await look((path) => get(origin + path, signal));
    return (
      sight && { name, api_base_url: `${origin}/v1`, ...sight, models: sight.models.slice(0, MAX_MODELS) }
    );
  } catch {
    return undefined;
  }
}

async function get(url: string, signal: AbortSignal) {
  const response = await fetch(url, { redirect: "manual", proxy: false, signal, keepalive: false });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error("more than a list of models");
    chunks.push(chunk);
  }
  return { status: response.status, json: parseJson(Buffer.concat(chunks).toString("utf8")) };
}

async function lookAtOllama(get: Get): Promise<Sight> {
  const [version, tags] = await Promise.all([get("/api/version"), get("/api/tags")]);
  if (asText(asObject(version.json)?.["version"]) === undefined) return undefined;
  return { models: namesIn(asObject(tags.json)?.["models"], "name") };
}

async function lookAtLmStudio(get: Get): Promise<Sight> {
  const { status, json } = await get("/v1/models");
  const list = asObject(json);
  if (status !== 200 || list?.["object"] !== "list" || !Array.isArray(list["data"])) return undefined;
  return { models: namesIn(list["data"], "id") };
}

/** `/props` may be switched off or want a key; then `/health` and the list of models must speak for it. */
async function lookAtLlamaCpp(get: Get): Promise<Sight> {
  const [props, health, models] = await Promise.all([get("/props"), get("/health"), get("/v1/models")]);
  const data = asObject(models.json)?.["data"];
  const hasProps = asObject(asObject(props.json)?.["default_generation_settings"]) !== undefined;
  const owned = objectsIn(data).some((model) => model["owned_by"] === "llamacpp");
  if (!hasProps && !(owned && health.status === 200)) return undefined;
  return { models: namesIn(data, "id") };
}

async function lookAtJan(get: Get): Promise<Sight> {
  const { status, json } = await get("/v1/models");
  if (status === 401 || status === 403) return { models: [], wantsKey: true };
  const data = asObject(json)?.["data"];
  return status === 200 && Array.isArray(data) ? { models: namesIn(data, "id") } : undefined;
}

function namesIn(list: unknown, key: string): string[] {
  return objectsIn(list)
    .map((model) => asText(model[key]))
    .filter((name) => name !== undefined);
}
