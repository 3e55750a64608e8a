import { asNumber, asObject, asText, type JsonObject, objectsIn } from "../core/json.ts";
import { withPath } from "../providers/index.ts";
import { contextWindow } from "../tokens/windows.ts";
import { getJson } from "../upstream/get-json.ts";
import { type Caller, type Engine, providerFor, requestHeaders, secretsOf } from "./ask.ts";

export interface Model {
  readonly id: string;
  /** Tokens of prompt and answer together, where the provider or our table says. */
  readonly contextWindow?: number;
}

/** What providers call a model's window. */
const WINDOW_FIELDS = [
  "context_window",
  "context_length",
  "max_context_length",
  "max_model_len",
  "max_input_tokens",
];

/**
 * The models that a provider lists, in its order.
 * @throws {ChatError}
 */
export async function listModels(caller: Caller, engine: Engine, signal: AbortSignal): Promise<Model[]> {
  const provider = providerFor(caller, "");
  const { protocol } = provider;
  const url = protocol.modelsUrl(withPath(caller.baseUrl, provider));
  const headers = requestHeaders(provider, url, caller, "/models", engine);
  const json = await getJson({ protocol, url, headers, secrets: secretsOf(caller, engine) }, engine, signal);
  // Together answers with the bare list.
  const rows = objectsIn(Array.isArray(json) ? json : asObject(json)?.["data"]);
  return rows.flatMap(modelIn);
}

function modelIn(row: JsonObject): Model[] {
  const id = asText(row["id"]);
  if (id === undefined) return [];
  const said = WINDOW_FIELDS.map((field) => asNumber(row[field])).find((tokens) => tokens !== undefined);
  const table = contextWindow(id);
  const window = said ?? (table.known ? table.tokens : undefined);
  return [window === undefined ? { id } : { id, contextWindow: window }];
}
