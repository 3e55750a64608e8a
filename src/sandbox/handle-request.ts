import { anthropic } from "./anthropic/protocol.ts";
import { countTokens } from "./anthropic/rules.ts";
import type { Exchange } from "./exchange.ts";
import { findScenario, modelsHelp } from "./models.ts";
import { openai } from "./openai/protocol.ts";
import type { ParsedRequest, ScriptContext } from "./parsed-request.ts";
import { preparePlayback } from "./playback.ts";
import type { IncomingRequest, SandboxProtocol } from "./protocol.ts";
import { type ProviderError, RequestRejected } from "./provider-error.ts";
import { randomId } from "./random-id.ts";
import type { RequestHistory } from "./request-history.ts";
import { bodyOf, frames } from "./stream-answer.ts";
import { answerBody, collectAnswer } from "./whole-answer.ts";

/** A key that begins so is refused. */
const REFUSED_KEY = "sandbox-refused";
const JSON_TYPE = { "content-type": "application/json" };

interface Stage {
  readonly exchange: Exchange;
  readonly history: RequestHistory;
  /** Tokens a second, where it was set for the whole sandbox. */
  readonly pace: number | undefined;
  /** Told what was found out about a request that was accepted. */
  readonly onParsed: (parsed: ParsedRequest) => void;
}

/** Answers one request. When this settles nothing is left to do for the exchange, unless it is `streaming`. */
export async function answer(incoming: IncomingRequest, stage: Stage): Promise<Response> {
  const requestId = randomId("req_");
  const protocol = protocolFor(incoming);
  try {
    return await route(incoming, protocol, stage, requestId);
  } catch (error) {
    if (!(error instanceof RequestRejected)) throw error;
    return refusal(error.providerError, protocol, requestId);
  }
}

/** Paths are known by how they end, so that any prefix will do, but not by one that was joined badly. */
function protocolFor({ path, headers }: IncomingRequest): SandboxProtocol {
  if (path.endsWith("/chat/completions")) return openai;
  if (/\/messages(?:\/count_tokens)?$/.test(path)) return anthropic;
  return "anthropic-version" in headers || "x-api-key" in headers ? anthropic : openai;
}

async function route(
  incoming: IncomingRequest,
  protocol: SandboxProtocol,
  stage: Stage,
  requestId: string,
): Promise<Response> {
  const { method, path } = incoming;
  const [, endpoint] = /\/(chat\/completions|messages\/count_tokens|messages|models)$/.exec(path) ?? [];
  if (path === "/" && method === "GET") return text(modelsHelp());
  const known = endpoint !== undefined && !/\/\/|\/v1\/v1\//.test(path);
  if (!known) throw new RequestRejected(protocol.errors.noSuchPath(method, path));
  const fits = method === (endpoint === "models" ? "GET" : "POST");
  if (!fits) throw new RequestRejected(protocol.errors.wrongMethod(method, path));

  const key = protocol.authenticate(incoming);
  if (key.startsWith(REFUSED_KEY)) throw new RequestRejected(protocol.errors.refusedKey(key));
  const headers = protocol.headers(requestId, 200);
  if (endpoint === "models") return json(protocol.models(), headers);
  if (endpoint === "messages/count_tokens") {
    const { model, inputTokens } = countTokens(incoming);
    if (findScenario(model) === undefined) throw new RequestRejected(protocol.errors.noSuchModel(model));
    return json({ input_tokens: inputTokens }, headers);
  }
  return perform(incoming, key, protocol, stage, headers);
}

async function perform(
  incoming: IncomingRequest,
  key: string,
  protocol: SandboxProtocol,
  { exchange, history, pace, onParsed }: Stage,
  headers: Record<string, string>,
): Promise<Response> {
  const parsed = protocol.read(incoming);
  onParsed(parsed);
  const found = findScenario(parsed.model);
  if (found === undefined) throw new RequestRejected(protocol.errors.noSuchModel(parsed.model));
  const { scenario, options } = found;
  const context: ScriptContext = {
    ...parsed,
    key,
    options,
    firstOfTwo: (withinSeconds) =>
      history.firstOfTwo(`${protocol.name} ${parsed.model} ${key}`, withinSeconds),
  };
  const error = scenario.refuse?.(context);
  if (error !== undefined) throw new RequestRejected(error[protocol.name]);
  if (scenario.hang) {
    await exchange.pause(Number.POSITIVE_INFINITY);
    return new Response(null);
  }
  if (scenario.respond !== undefined) return scenario.respond(incoming.path);

  const playback = preparePlayback(scenario, context, { protocol, parsed, exchange, pace });
  if (!parsed.stream || scenario.json) {
    return new Response(answerBody(await collectAnswer(playback)), { headers: { ...headers, ...JSON_TYPE } });
  }
  return new Response(bodyOf(frames(playback), exchange), {
    headers: { ...headers, "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" },
  });
}

function refusal(error: ProviderError, protocol: SandboxProtocol, requestId: string): Response {
  const { status, html } = error;
  const headers = { ...protocol.headers(requestId, status), ...error.headers };
  if (html === undefined) return json(protocol.error(error, requestId), headers, status);
  return new Response(html, { status, headers: { ...headers, "content-type": "text/html" } });
}

function json(body: unknown, headers: Record<string, string>, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { ...headers, ...JSON_TYPE } });
}

function text(body: string): Response {
  return new Response(`${body}\n`, { headers: { "content-type": "text/plain; charset=utf-8" } });
}
