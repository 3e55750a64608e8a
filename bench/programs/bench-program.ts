import type { Request } from "../load/client-connection.ts";
import type { Child } from "../process.ts";

/** A relay that is measured, or the provider itself. */
export interface Program {
  /** As it stands in tables. */
  readonly name: string;
  /** What it is and how it is set up, in one line. */
  readonly about: string;
  /** Why it cannot run here; undefined where it can. */
  missing(): string | undefined;
  /**
   * Starts it in front of a provider's port. It is ready once this settles.
   * @param settings beside its own, where it is nash-llm
   */
  start(provider: number, settings?: Settings): Promise<Running>;
}

/** What nash-llm is started with beside its defaults. */
export interface Settings {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Running {
  readonly port: number;
  readonly child: Child;
  /** A path that it answers itself, to tell when it is up. */
  readonly health: string;
  /** The share of a load that it is given where all of it would take an hour; 1 unless said. */
  readonly share?: number;
  request(model: string, messages: readonly Message[]): Request;
  /** What an OpenAI client sends, where the provider speaks a protocol that may be another; absent where that is not to be had. */
  readonly openAiClient?: Partial<Record<ProviderProtocol, Running["request"]>>;
}

/** What a body must hold for a provider of that protocol: not every relay adds what the protocol cannot do without. */
export const REQUIRED: Readonly<Record<ProviderProtocol, Readonly<Record<string, unknown>>>> = {
  openai: {},
  anthropic: { max_tokens: 4096 },
};

export type ProviderProtocol = "openai" | "anthropic";

export interface Message {
  readonly role: "user" | "assistant";
  readonly content: string | readonly Part[];
}

export type Part =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string } };

/** Bun's own limit of 256 requests in flight would decide the result for every program that runs on it. */
export const MANY_REQUESTS = { BUN_CONFIG_MAX_HTTP_REQUESTS: "65535" };

/** As long as a program may take to start, in milliseconds: LiteLLM imports for twenty seconds. */
const START_MS = 120_000;

/** Waits until a program answers a path with 200. @throws where it does not come to that */
export async function answered(port: number, path: string): Promise<void> {
  const end = performance.now() + START_MS;
  while (performance.now() < end) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
    if (response?.status === 200) return;
    await Bun.sleep(20);
  }
  throw new Error(`${path} was not answered within ${START_MS / 1000} s.`);
}

/** The request for OpenAI's protocol. */
export function openAiRequest(
  model: string,
  messages: readonly Message[],
  headers: Record<string, string> = {},
  more: Readonly<Record<string, unknown>> = {},
): Request {
  return {
    path: "/v1/chat/completions",
    headers: { "content-type": "application/json", authorization: "Bearer any-word", ...headers },
    body: JSON.stringify({ model, messages, stream: true, ...more }),
  };
}
