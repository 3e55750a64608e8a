import { ChatError } from "../../src/core/failure.ts";
import { Secret } from "../../src/core/secret.ts";
import type { RoutingSettings } from "../../src/routing/settings.ts";
import { type RoutedRequest, targetsFor } from "../../src/routing/targets-for.ts";

export const TOKEN = "token-of-the-server";
export const OWN_KEY = "own-key-of-work";

/** One provider with a key of its own, one without, one on this machine, one that is elsewhere than its name says. */
export const SETTINGS: RoutingSettings = {
  providers: [
    {
      name: "work",
      baseUrl: new URL("https://work.example/v1"),
      key: new Secret(OWN_KEY),
      models: ["large"],
    },
    { name: "open", baseUrl: new URL("https://open.example"), models: [] },
    { name: "here", baseUrl: new URL("http://127.0.0.1:9000/v1"), models: [] },
    { name: "groq", baseUrl: new URL("https://gateway.example/groq"), models: [] },
    { name: "claude-proxy", baseUrl: new URL("https://proxy.example"), protocol: "anthropic", models: [] },
  ],
  routes: [
    { model: "every-*", to: [{ provider: "open", model: "pattern" }] },
    { model: "every-one", to: [{ provider: "open", model: "exact" }] },
    {
      model: "fast",
      to: [
        { provider: "work", model: "gpt-5-mini" },
        { provider: "here", model: "qwen3" },
      ],
    },
    {
      model: "mixed",
      to: [
        { provider: "open", model: "a" },
        { provider: "claude-proxy", model: "b" },
        { provider: "work", model: "c" },
        { provider: "ollama", model: "d" },
      ],
    },
    { model: "same/*", to: [{ provider: "open", model: "*" }] },
    { model: "groq/shadowed", to: [{ provider: "open", model: "route" }] },
  ],
};

export interface Asked extends Partial<Omit<RoutedRequest, "headers">> {
  readonly headers?: Record<string, string>;
  readonly settings?: Partial<RoutingSettings>;
  readonly token?: string;
  readonly allowOrigins?: readonly string[];
}

/** Where a request goes and with whose key, each target as one line: `provider protocol url model key`. */
export function ask({
  headers = {},
  settings,
  token,
  allowOrigins = [],
  ...request
}: Asked): readonly string[] {
  const targets = targetsFor(
    { dialect: "openai-chat", model: "", ...request, headers: new Headers(headers) },
    { ...SETTINGS, ...settings },
    { token: token === undefined ? undefined : new Secret(token), allowOrigins },
  );
  return targets.map(({ provider, baseUrl, model, apiKey, ownKey }) =>
    [
      provider.protocol.name,
      baseUrl.href,
      model,
      `${ownKey ? "own " : ""}${apiKey?.reveal() ?? "none"}`,
    ].join(" "),
  );
}

/** What a request is refused with. */
export function refusal(asked: Asked) {
  try {
    const targets = ask(asked);
    throw new Error(`It was not refused, but goes to ${targets.join(", ")}.`);
  } catch (error) {
    if (error instanceof ChatError) return error.failure;
    throw error;
  }
}

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
