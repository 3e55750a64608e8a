import type { Message } from "../core/message.ts";
import { Answer } from "./answer.ts";
import { createAsk, type Fetch, jsonOf } from "./http.ts";
import { streamChat } from "./stream.ts";
import { summarize } from "./summarize.ts";
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
