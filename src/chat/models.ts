import { asCount, asNumber, asObject, asText, type JsonObject, objectsIn } from "../core/json.ts";
import { contextWindow } from "../tokens/windows.ts";
import { fetchJson } from "../upstream/fetch-json.ts";
import type { ProviderFetch } from "../upstream/provider-fetch.ts";
import { type AskContext, requestHeaders, secretsOf, type UpstreamOptions } from "./ask.ts";

export interface Model {
  readonly id: string;
  /** Tokens of prompt and answer together, where the provider or our table says. */
  readonly contextWindow?: number;
  /** Seconds since 1970, where the provider says. */
  readonly created?: number;
}

/** What providers call a model's window. */
const WINDOW_FIELDS = [
  "context_window",
  "context_length",
  "max_context_length",
  "max_model_len",
  "max_input_tokens",
];

/** A list without an end does not hang: so many pages are read, and no more. */
const MAX_PAGES = 20;

/**
 * The models that a provider lists, in its order, of all its pages.
 * @throws {ChatError}
 */
export async function listModels(
  { target, session }: Pick<AskContext, "target" | "session">,
  upstream: UpstreamOptions & { readonly fetch: ProviderFetch },
  signal: AbortSignal,
): Promise<Model[]> {
  const { protocol } = target.provider;
  const first = protocol.modelsUrl(target.baseUrl);
  const headers = requestHeaders(first, { target, session, purpose: "/models" }, upstream);
  const secrets = secretsOf(target, upstream);
  const models = new Map<string, Model>();
  let url: URL | undefined = first;
  for (let page = 0; url !== undefined && page < MAX_PAGES; page++) {
    const json = await fetchJson({ protocol, url, headers, secrets }, upstream.fetch, signal);
    // Together answers with the bare list.
    const listed = objectsIn(Array.isArray(json) ? json : asObject(json)?.["data"]).flatMap(modelIn);
    const before = models.size;
    for (const model of listed) if (!models.has(model.id)) models.set(model.id, model);
    // A page that brings nothing new is the last, whatever it says of itself.
    url = models.size > before ? protocol.nextModelsUrl?.(url, json) : undefined;
  }
  return [...models.values()];
}

function modelIn(row: JsonObject): Model[] {
  const id = asText(row["id"]);
  if (id === undefined) return [];
  const said = WINDOW_FIELDS.map((field) => asNumber(row[field])).find((tokens) => tokens !== undefined);
  const table = contextWindow(id);
  const window = said ?? (table.known ? table.tokens : undefined);
  const created = asCount(row["created"]);
  return [
    {
      id,
      ...(window === undefined ? {} : { contextWindow: window }),
      ...(created === undefined ? {} : { created }),
    },
  ];
}
