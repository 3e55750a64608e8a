import { connect } from "node:net";
import type { Sandbox } from "../../src/sandbox/server.ts";

export type Json = Record<string, unknown>;

/** What a caller of each protocol sends at least. */
export const PROTOCOLS = {
  openai: {
    path: "/chat/completions",
    headers: { authorization: "Bearer sk-test" } as Record<string, string>,
    body: (model: string, text = "Hello"): Json => ({
      model,
      stream: true,
      messages: [{ role: "user", content: text }],
    }),
  },
  anthropic: {
    path: "/messages",
    headers: { "x-api-key": "sk-test", "anthropic-version": "2023-06-01" } as Record<string, string>,
    body: (model: string, text = "Hello"): Json => ({
      model,
      stream: true,
      max_tokens: 4_096,
      messages: [{ role: "user", content: text }],
    }),
  },
  responses: {
    path: "/responses",
    headers: { authorization: "Bearer sk-test" } as Record<string, string>,
    body: (model: string, text = "Hello"): Json => ({ model, stream: true, input: text }),
  },
} as const;

export type Protocol = keyof typeof PROTOCOLS;
export const BOTH = ["openai", "anthropic"] as const satisfies Protocol[];
export const ALL = [...BOTH, "responses"] as const satisfies Protocol[];

/** Posts a body; `more` overrides single fields of the smallest one and removes those that are undefined. */
export function post(
  sandbox: Sandbox,
  protocol: Protocol,
  model: string,
  {
    more = {},
    headers = {},
    signal,
  }: { more?: Json; headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> {
  const { path, body, headers: usual } = PROTOCOLS[protocol];
  return fetch(sandbox.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...usual, ...headers },
    body: JSON.stringify({ ...body(model), ...more }),
    redirect: "manual",
    decompress: false,
    signal: signal ?? null,
  });
}

export interface Frame {
  readonly event: string;
  readonly data: string;
}

/** Splits a well-formed stream with LF line ends. Comments are left out. */
export function framesOf(text: string): readonly Frame[] {
  return text
    .split("\n\n")
    .filter((block) => block.includes("data:"))
    .map((block) => ({ event: field(block, "event"), data: field(block, "data") }));
}

function field(block: string, name: string): string {
  const line = block.split("\n").find((candidate) => candidate.startsWith(`${name}: `));
  return line?.slice(name.length + 2) ?? "";
}

/** The parsed frames of a whole stream, `[DONE]` left out. */
export async function events(response: Response): Promise<Json[]> {
  return framesOf(await response.text())
    .filter(({ data }) => data !== "[DONE]")
    .map(({ data }) => JSON.parse(data));
}

/** All text of a stream in any protocol. */
export function textIn(found: readonly Json[]): string {
  return found
    .map((event) => {
      const own = event["type"] === "response.output_text.delta" ? event["delta"] : undefined;
      return own ?? openaiDelta(event)["content"] ?? anthropicDelta(event)["text"] ?? "";
    })
    .join("");
}

/** All arguments of a stream in any protocol, by call. */
export function callsIn(found: readonly Json[]): readonly { name: string; text: string }[] {
  const calls = new Map<unknown, { name: string; text: string }>();
  for (const event of found) {
    for (const { key, name, text } of callPieces(event)) {
      const call = calls.get(key) ?? { name: "", text: "" };
      calls.set(key, { name: name ?? call.name, text: call.text + text });
    }
  }
  return [...calls.values()];
}

interface CallPiece {
  readonly key: unknown;
  readonly name?: string;
  readonly text: string;
}

function callPieces(event: Json): readonly CallPiece[] {
  const { type, index, output_index: output } = event;
  const delta = (event["delta"] ?? {}) as Json;
  switch (type) {
    case "content_block_start": {
      const block = event["content_block"] as Json;
      return block["type"] === "tool_use" ? [{ key: index, name: String(block["name"]), text: "" }] : [];
    }
    case "content_block_delta":
      return delta["partial_json"] === undefined ? [] : [{ key: index, text: String(delta["partial_json"]) }];
    case "response.output_item.added": {
      const item = event["item"] as Json;
      return item["call_id"] === undefined ? [] : [{ key: output, name: String(item["name"]), text: "" }];
    }
    case "response.function_call_arguments.delta":
    case "response.custom_tool_call_input.delta":
      return [{ key: output, text: String(event["delta"]) }];
    default: {
      const pieces = (openaiDelta(event)["tool_calls"] ?? []) as { index: number; function: Json }[];
      return pieces.map(({ index: key, function: { name, arguments: text } }) => ({
        key,
        text: String(text),
        ...(name === undefined ? {} : { name: String(name) }),
      }));
    }
  }
}

export function openaiDelta(event: Json): Json {
  const [choice] = (event["choices"] ?? []) as Json[];
  return (choice?.["delta"] ?? {}) as Json;
}

export function anthropicDelta(event: Json): Json {
  return (event["type"] === "content_block_delta" ? event["delta"] : {}) as Json;
}

/** The bytes of an answer and how the connection ended. */
export interface SocketAnswer {
  readonly text: string;
  readonly bytes: Buffer;
  readonly ended: "end" | "reset";
}

/** Speaks HTTP over a bare socket, so that nothing is decoded and a reset shows. Leaves at `until`, if that comes. */
export function overSocket(
  sandbox: Sandbox,
  protocol: Protocol,
  model: string,
  until: (text: string) => boolean = () => false,
): Promise<SocketAnswer> {
  const { path, headers, body } = PROTOCOLS[protocol];
  const payload = JSON.stringify(body(model));
  const lines = Object.entries({
    host: `127.0.0.1:${sandbox.port}`,
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(payload)),
    connection: "close",
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = connect(sandbox.port, "127.0.0.1");
    const finish = (ended: SocketAnswer["ended"]) => {
      const bytes = Buffer.concat(parts);
      socket.destroy();
      resolve({ bytes, text: bytes.toString("latin1"), ended });
    };
    socket.on("connect", () => socket.write(`POST /v1${path} HTTP/1.1\r\n${lines.join("")}\r\n${payload}`));
    socket.on("data", (part) => {
      parts.push(Buffer.from(part));
      if (until(Buffer.concat(parts).toString("latin1"))) finish("end");
    });
    socket.on("end", () => finish("end"));
    socket.on("error", () => finish("reset"));
  });
}
