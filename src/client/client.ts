import type { Message } from "../core/message.ts";
import { Answer } from "./answer.ts";
import { NashError } from "./error.ts";
import { type Ask, createAsk, type Fetch, jsonOf } from "./http.ts";
import { postStream, streamChat } from "./stream.ts";
import type {
  Address,
  CallOptions,
  ChatRequest,
  LocalServer,
  ModelInfo,
  StreamEvent,
  SummarizeOptions,
  SummarizeRequest,
  SummaryResult,
  TokenCount,
} from "./types.ts";

export interface ClientOptions {
  /** The server's address. In a browser, `""` is the page's own. Default `http://127.0.0.1:8001`. */
  readonly baseUrl?: string | undefined;
  /** What the server wants from its clients (`NASH_LLM_TOKEN`). */
  readonly token?: string | undefined;
  readonly fetch?: Fetch | undefined;
}

/** One nash-llm server. Every call throws `NashError`, or the signal's reason when that aborts. */
export interface Client {
  /** The text of an answer, piece by piece. Leaving the loop ends the request, and the provider's with it. */
  chat(request: ChatRequest, options?: CallOptions): Answer;
  /** The same with everything that the lines say, usage and reasoning where they were asked for. */
  stream(request: ChatRequest, options?: CallOptions): AsyncIterable<StreamEvent>;
  summarize(request: SummarizeRequest, options?: SummarizeOptions): Promise<SummaryResult>;
  /** How many tokens messages are for a model, and how many it holds. */
  tokens(
    request: { readonly model: string; readonly messages: readonly Message[] },
    options?: CallOptions,
  ): Promise<TokenCount>;
  /** The models that a provider lists. */
  models(request: Address, options?: CallOptions): Promise<readonly ModelInfo[]>;
  /** Model servers on the server's own machine, and the demo. */
  local(options?: CallOptions): Promise<readonly LocalServer[]>;
}

export function createClient({
  baseUrl = "http://127.0.0.1:8001",
  token,
  fetch = (url, init) => globalThis.fetch(url, init),
}: ClientOptions = {}): Client {
  const ask = createAsk(baseUrl, token, fetch);
  return {
    chat: (request, options = {}) => new Answer(streamChat(ask, request, options)),
    stream: (request, options = {}) => streamChat(ask, request, options),
    summarize: (request, options = {}) => summarize(ask, request, options),
    tokens: async (request, options = {}) => jsonOf(await ask("/v1/chat/tokens", request, options)),
    models: async (request, options = {}) => {
      const response = await ask("/v1/chat/models", request, options);
      return (await jsonOf<{ models: ModelInfo[] }>(response)).models;
    },
    local: async (options = {}) => {
      const response = await ask("/v1/local", undefined, options);
      return (await jsonOf<{ servers: LocalServer[] }>(response)).servers;
    },
  };
}

/**
 * Asks for a summary. It is read as a stream: comments keep the connection alive while a long conversation is
 * summarized in parts, which one JSON answer could not do.
 * @throws {NashError}; the signal's reason when it aborts
 */
async function summarize(
  ask: Ask,
  request: SummarizeRequest,
  { onProgress, signal }: SummarizeOptions,
): Promise<SummaryResult> {
  let result: SummaryResult | undefined;
  for await (const line of postStream(ask, "/v1/chat/summarize", request, { signal })) {
    if (line["success"] === true) result = line as unknown as SummaryResult;
    const { part, parts } = (line["progress"] ?? {}) as { part?: number; parts?: number };
    if (part !== undefined && parts !== undefined) onProgress?.(part, parts);
  }
  if (result === undefined)
    throw new NashError({ type: "incomplete", message: "The server sent no summary.", retryable: true });
  return result;
}
