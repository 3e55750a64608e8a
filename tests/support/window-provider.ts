/** A provider with a window: it counts every prompt in its own way and refuses what exceeds it, as the real ones do. */

import { complaintAbout, errorBody, OVERFLOW, readTexts } from "./request-rules.ts";
import { roughTokens } from "./rough-token-count.ts";
import { FRAMES, type ProtocolName } from "./streams.ts";

export interface Asked {
  readonly model: string;
  /** The whole body. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly system: string;
  /** The text of the last message. */
  readonly text: string;
  /** Tokens of the prompt, by the provider's own count. */
  readonly tokens: number;
  /** Which request it is, from 0, those that were refused not counted. */
  readonly index: number;
}

/** How an answer ends that is no plain text. */
export interface OddReply {
  readonly texts?: readonly string[];
  /** The last frames in place of the usual ones. */
  readonly closing?: string;
  /** A status other than 200, with this body. */
  readonly status?: number;
  readonly error?: unknown;
  /** After its texts the answer stays open until somebody leaves. */
  readonly hang?: true;
}

export interface WindowProviderOptions {
  readonly protocol: ProtocolName;
  /** Most tokens of prompt and answer. */
  readonly window: number;
  readonly reply?: (asked: Asked) => string | OddReply;
  /** How a prompt that is too long is refused; the protocol's own way unless said. */
  readonly overflow?: (
    tokens: number,
    window: number,
  ) => { readonly status: number; readonly error: unknown };
}

export interface WindowProvider {
  readonly url: string;
  /** Requests that were accepted, without the long texts. */
  readonly asked: readonly Asked[];
  /** Tokens of those that were refused for their length. */
  readonly refused: readonly number[];
  /** Why others were refused. */
  readonly complaints: readonly string[];
  /** Answers that are being written now. */
  readonly open: number;
  /** Most answers that were being written at once. */
  readonly mostOpen: number;
  /** Settles when so many answers are open. */
  opened(count: number): Promise<void>;
  /** Settles when no answer is open. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

function startWindowProvider(options: WindowProviderOptions): WindowProvider {
  const { protocol, window, reply = () => "A summary.", overflow = OVERFLOW[protocol] } = options;
  const asked: Asked[] = [];
  const refused: number[] = [];
  const complaints: string[] = [];
  const waiting = new Set<() => void>();
  let open = 0;
  let mostOpen = 0;
  const change = (by: number) => {
    open += by;
    mostOpen = Math.max(mostOpen, open);
    for (const check of [...waiting]) check();
  };
  const until = (fits: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!fits()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });

  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    maxRequestBodySize: 64 * 1024 * 1024,
    development: false,
    async fetch(request) {
      const body = (await request.json()) as Asked["body"];
      const complaint = complaintAbout(protocol, request, body);
      if (complaint !== undefined) {
        complaints.push(complaint);
        return Response.json(errorBody(protocol, "invalid_request_error", complaint), { status: 400 });
      }
      const { system, texts } = readTexts(body);
      const tokens = texts.reduce((sum, text) => sum + roughTokens(text) + 4, roughTokens(system) + 3);
      const limit = Number(body["max_tokens"] ?? body["max_completion_tokens"] ?? 0);
      if (tokens + limit > window) {
        refused.push(tokens);
        const { status, error } = overflow(tokens + limit, window);
        return Response.json(error, { status });
      }
      const one: Asked = {
        model: String(body["model"]),
        body,
        system,
        text: texts.at(-1) ?? "",
        tokens,
        index: asked.length,
      };
      asked.push(one);
      const answer = reply(one);
      const odd: OddReply = typeof answer === "string" ? { texts: [answer] } : answer;
      if (odd.status !== undefined) return Response.json(odd.error ?? {}, { status: odd.status });
      return new Response(streamOf(protocol, odd, request.signal, change), {
        headers: { "content-type": "text/event-stream" },
      });
    },
  });

  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    asked,
    refused,
    complaints,
    get open() {
      return open;
    },
    get mostOpen() {
      return mostOpen;
    },
    opened: (count) => until(() => open >= count),
    idle: () => until(() => open === 0),
    stop: () => server.stop(true),
  };
}

/** Several providers, for one test after another. */
export function startingProviders(usual: Partial<WindowProviderOptions> = {}) {
  const providers: WindowProvider[] = [];
  return {
    start(options: Partial<WindowProviderOptions> = {}): WindowProvider {
      const provider = startWindowProvider({ protocol: "openai", window: 128_000, ...usual, ...options });
      providers.push(provider);
      return provider;
    },
    async stop() {
      for (const provider of providers) await provider.stop();
    },
  };
}

function streamOf(
  protocol: ProtocolName,
  { texts = [], closing = FRAMES[protocol].closing, hang = undefined }: OddReply,
  signal: AbortSignal,
  change: (by: number) => void,
): ReadableStream<Uint8Array> {
  const frames = FRAMES[protocol];
  const whole = new TextEncoder().encode(
    frames.opening + texts.map(frames.text).join("") + (hang ? "" : closing),
  );
  let isOpen = true;
  const close = () => {
    if (isOpen) change(-1);
    isOpen = false;
  };
  change(+1);
  signal.addEventListener("abort", close);
  return new ReadableStream({
    start(controller) {
      controller.enqueue(whole);
      if (hang) return;
      controller.close();
      close();
    },
    cancel: close,
  });
}
