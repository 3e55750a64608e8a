import { anthropic } from "./anthropic/protocol.ts";
import { countTokens } from "./anthropic/rules.ts";
import type { Exchange } from "./exchange.ts";
import { findScenario, MODELS, modelsHelp } from "./models.ts";
import { openai } from "./openai/protocol.ts";
import type { ParsedRequest, ScriptContext } from "./parsed-request.ts";
import { preparePlayback } from "./playback.ts";
import { type IncomingRequest, randomId, type SandboxProtocol } from "./protocol.ts";
import { errorFor, type ProviderError, RequestRejected } from "./provider-error.ts";
import type { RequestHistory } from "./request-history.ts";
import { compactedBody, countInput } from "./responses/compaction.ts";
import { responses } from "./responses/protocol.ts";
import { bodyOf, streamAnswer } from "./stream-answer.ts";
import { answerBody, collectAnswer } from "./whole-answer.ts";

/** A key that begins so is refused. */
const REFUSED_KEY = "sandbox-refused";
const JSON_TYPE = { "content-type": "application/json" };
const ENDPOINT =
  /\/(chat\/completions|messages\/count_tokens|messages|responses\/input_tokens|responses\/compact|responses|models(?:\/[^/]+)?)$/;

/** What a request is handled with. */
export interface HandlerOptions {
  readonly exchange: Exchange;
  readonly history: RequestHistory;
  /** Tokens a second, where it was set for the whole sandbox. */
  readonly pace: number | undefined;
  /** Told what was found out about a request that was accepted. */
  readonly onParsed: (parsed: ParsedRequest) => void;
}

/** Answers one request. When this settles the exchange is over, unless it is `streaming`. */
export async function handleRequest(incoming: IncomingRequest, options: HandlerOptions): Promise<Response> {
  const requestId = randomId("req_");
  const protocol = protocolFor(incoming);
  try {
    return await route(incoming, protocol, options, requestId);
  } catch (error) {
    if (!(error instanceof RequestRejected)) throw error;
    return errorResponse(error.providerError, protocol, requestId);
  }
}

/** Paths are known by how they end, so that any prefix will do, but not by one that was joined badly. */
function protocolFor({ path, headers }: IncomingRequest): SandboxProtocol {
  if (path.endsWith("/chat/completions")) return openai;
  if (/\/messages(?:\/count_tokens)?$/.test(path)) return anthropic;
  if (/\/responses(?:\/input_tokens|\/compact)?$/.test(path)) return responses;
  return "anthropic-version" in headers || "x-api-key" in headers ? anthropic : openai;
}

async function route(
  incoming: IncomingRequest,
  protocol: SandboxProtocol,
  options: HandlerOptions,
  requestId: string,
): Promise<Response> {
  const { method, path } = incoming;
  const [, endpoint] = ENDPOINT.exec(path) ?? [];
  if (path === "/" && method === "GET") return text(modelsHelp());
  const known = endpoint !== undefined && !/\/\/|\/v1\/v1\//.test(path);
  if (!known) throw new RequestRejected(protocol.errors.noSuchPath(method, path));
  const fits = method === (endpoint.startsWith("models") ? "GET" : "POST");
  if (!fits) throw new RequestRejected(protocol.errors.wrongMethod(method, path));

  const key = protocol.authenticate(incoming);
  if (key.startsWith(REFUSED_KEY)) throw new RequestRejected(protocol.errors.refusedKey(key));
  const headers = protocol.headers(requestId, 200);
  switch (endpoint) {
    case "models":
      return json(protocol.models(MODELS.map(protocol.model)), headers);
    case "messages/count_tokens": {
      const { model, inputTokens } = countTokens(incoming);
      find(model, protocol);
      return json({ input_tokens: inputTokens }, headers);
    }
    case "responses/input_tokens":
      return json(countInput(incoming), headers);
    case "responses/compact":
      return json(compactedBody(incoming), headers);
    case "chat/completions":
    case "messages":
    case "responses":
      return perform(incoming, key, protocol, options, headers);
    default:
      return json(oneModel(decodeURIComponent(endpoint.slice("models/".length)), protocol), headers);
  }
}

function oneModel(id: string, protocol: SandboxProtocol): unknown {
  const { scenario } = find(id, protocol);
  const entry = MODELS.find((model) => model.id === scenario.id);
  return entry && protocol.model({ ...entry, id });
}

function find(model: string, protocol: SandboxProtocol) {
  const found = findScenario(model);
  if (found === undefined) throw new RequestRejected(protocol.errors.noSuchModel(model));
  return found;
}

async function perform(
  incoming: IncomingRequest,
  key: string,
  protocol: SandboxProtocol,
  { exchange, history, pace, onParsed }: HandlerOptions,
  usualHeaders: Record<string, string>,
): Promise<Response> {
  const parsed = protocol.read(incoming);
  onParsed(parsed);
  const { scenario, options } = find(parsed.model, protocol);
  const client = `${protocol.name} ${parsed.model} ${key}`;
  const context: ScriptContext = {
    ...parsed,
    protocol: protocol.name,
    key,
    options,
    firstOfTwo: (withinSeconds) => history.firstOfTwo(client, withinSeconds),
  };
  const error = scenario.refuse?.(context);
  if (error !== undefined) throw new RequestRejected(errorFor(error, protocol.name));
  if (scenario.hang) {
    await exchange.pause(Number.POSITIVE_INFINITY);
    return new Response(null);
  }
  const response = scenario.respond?.(incoming.path, protocol.name);
  if (response !== undefined) return response;

  const cache = scenario.caches ? { cache: history.useCache(client, parsed) } : {};
  const playback = preparePlayback(scenario, context, { protocol, exchange, pace, ...cache });
  if (!parsed.stream || scenario.json) {
    const headers = { ...usualHeaders, ...JSON_TYPE, ...scenario.headers };
    return new Response(answerBody(await collectAnswer(playback)), { headers });
  }
  return new Response(bodyOf(streamAnswer(playback), exchange), {
    headers: {
      ...usualHeaders,
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      ...scenario.headers,
    },
  });
}

function errorResponse(error: ProviderError, protocol: SandboxProtocol, requestId: string): Response {
  const { status, html, body } = error;
  const headers = { ...protocol.headers(requestId, status), ...error.headers };
  if (html === undefined) return json(body ?? protocol.error(error, requestId), headers, status);
  return new Response(html, { status, headers: { ...headers, "content-type": "text/html" } });
}

function json(body: unknown, headers: Record<string, string>, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { ...headers, ...JSON_TYPE } });
}

function text(body: string): Response {
  return new Response(`${body}\n`, { headers: { "content-type": "text/plain; charset=utf-8" } });
}
