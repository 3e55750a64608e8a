import { countTokens } from "./anthropic/rules.ts";
import { anthropic } from "./anthropic/wire.ts";
import type { Ask, Reading } from "./ask.ts";
import { type Complaint, Refused } from "./fault.ts";
import { bodyOf, frames } from "./frames.ts";
import type { Memory } from "./memory.ts";
import { findScenario, modelsHelp } from "./models.ts";
import { openai } from "./openai/wire.ts";
import { cast } from "./part.ts";
import { randomId } from "./random-id.ts";
import { gather, replyBody } from "./reply.ts";
import type { Visit } from "./visit.ts";
import type { Call, Wire } from "./wire.ts";

/** A key that begins so is refused. */
const REFUSED_KEY = "sandbox-refused";
const JSON_TYPE = { "content-type": "application/json" };

interface Stage {
  readonly visit: Visit;
  readonly memory: Memory;
  /** Tokens a second, where it was set for the whole sandbox. */
  readonly pace: number | undefined;
  /** Told what was found out about a request that was accepted. */
  readonly onReading: (reading: Reading) => void;
}

/** Answers one request. When this settles nothing is left to do for the visit, unless it is `streaming`. */
export async function answer(call: Call, stage: Stage): Promise<Response> {
  const requestId = randomId("req_");
  const wire = wireFor(call);
  try {
    return await route(call, wire, stage, requestId);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return refusal(error.complaint, wire, requestId);
  }
}

/** Paths are known by how they end, so that any prefix will do, but not by one that was joined badly. */
function wireFor({ path, headers }: Call): Wire {
  if (path.endsWith("/chat/completions")) return openai;
  if (/\/messages(?:\/count_tokens)?$/.test(path)) return anthropic;
  return "anthropic-version" in headers || "x-api-key" in headers ? anthropic : openai;
}

async function route(call: Call, wire: Wire, stage: Stage, requestId: string): Promise<Response> {
  const { method, path } = call;
  const [, endpoint] = /\/(chat\/completions|messages\/count_tokens|messages|models)$/.exec(path) ?? [];
  if (path === "/" && method === "GET") return text(modelsHelp());
  const known = endpoint !== undefined && !/\/\/|\/v1\/v1\//.test(path);
  if (!known) throw new Refused(wire.complaints.noSuchPath(method, path));
  const fits = method === (endpoint === "models" ? "GET" : "POST");
  if (!fits) throw new Refused(wire.complaints.wrongMethod(method, path));

  const key = wire.authenticate(call);
  if (key.startsWith(REFUSED_KEY)) throw new Refused(wire.complaints.refusedKey(key));
  const headers = wire.headers(requestId, 200);
  if (endpoint === "models") return json(wire.models(), headers);
  if (endpoint === "messages/count_tokens") {
    const { model, inputTokens } = countTokens(call);
    if (findScenario(model) === undefined) throw new Refused(wire.complaints.noSuchModel(model));
    return json({ input_tokens: inputTokens }, headers);
  }
  return perform(call, key, wire, stage, headers);
}

async function perform(
  call: Call,
  key: string,
  wire: Wire,
  { visit, memory, pace, onReading }: Stage,
  headers: Record<string, string>,
): Promise<Response> {
  const reading = wire.read(call);
  onReading(reading);
  const found = findScenario(reading.model);
  if (found === undefined) throw new Refused(wire.complaints.noSuchModel(reading.model));
  const { scenario, options } = found;
  const ask: Ask = {
    ...reading,
    key,
    options,
    firstOfTwo: (withinSeconds) => memory.firstOfTwo(`${wire.name} ${reading.model} ${key}`, withinSeconds),
  };
  const fault = scenario.refuse?.(ask);
  if (fault !== undefined) throw new Refused(fault[wire.name]);
  if (scenario.hang) {
    await visit.pause(Number.POSITIVE_INFINITY);
    return new Response(null);
  }
  if (scenario.respond !== undefined) return scenario.respond(call.path);

  const part = cast(scenario, ask, { wire, reading, visit, pace });
  if (!reading.stream || scenario.json) {
    return new Response(replyBody(await gather(part)), { headers: { ...headers, ...JSON_TYPE } });
  }
  return new Response(bodyOf(frames(part), visit), {
    headers: { ...headers, "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" },
  });
}

function refusal(complaint: Complaint, wire: Wire, requestId: string): Response {
  const { status, html } = complaint;
  const headers = { ...wire.headers(requestId, status), ...complaint.headers };
  if (html === undefined) return json(wire.error(complaint, requestId), headers, status);
  return new Response(html, { status, headers: { ...headers, "content-type": "text/html" } });
}

function json(body: unknown, headers: Record<string, string>, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { ...headers, ...JSON_TYPE } });
}

function text(body: string): Response {
  return new Response(`${body}\n`, { headers: { "content-type": "text/plain; charset=utf-8" } });
}
