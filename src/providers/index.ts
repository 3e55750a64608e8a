import { isLoopbackHost } from "../core/loopback.ts";
import type { Protocol } from "../protocols/protocol.ts";
import { anthropic } from "./anthropic.ts";
import { azure } from "./azure.ts";
import { cerebras } from "./cerebras.ts";
import { anthropicCompatible, openaiCompatible, responsesCompatible } from "./compatible.ts";
import { dashscope } from "./dashscope.ts";
import { deepinfra } from "./deepinfra.ts";
import { deepseek } from "./deepseek.ts";
import { demo } from "./demo.ts";
import { fireworks } from "./fireworks.ts";
import { gemini } from "./gemini.ts";
import { groq } from "./groq.ts";
import { heliconeAnthropic, heliconeOpenAI } from "./helicone.ts";
import { huggingFace } from "./hugging-face.ts";
import { llamaCpp, lmStudio, ollama, vllm } from "./local.ts";
import { mistral } from "./mistral.ts";
import { moonshot } from "./moonshot.ts";
import { openai } from "./openai.ts";
import { openrouter } from "./openrouter.ts";
import { perplexity } from "./perplexity.ts";
import type { Provider } from "./provider.ts";
import { siliconflow } from "./siliconflow.ts";
import { together } from "./together.ts";
import { xai } from "./xai.ts";
import { zai } from "./zai.ts";

export const PROVIDERS: readonly Provider[] = [
  openai,
  anthropic,
  heliconeOpenAI,
  heliconeAnthropic,
  azure,
  openrouter,
  groq,
  deepseek,
  mistral,
  gemini,
  xai,
  perplexity,
  together,
  fireworks,
  cerebras,
  huggingFace,
  moonshot,
  deepinfra,
  zai,
  dashscope,
  siliconflow,
  ollama,
  lmStudio,
  llamaCpp,
  vllm,
  demo,
];

const PATTERNS: readonly (readonly [host: string, Provider])[] = PROVIDERS.flatMap((provider) =>
  provider.hosts.map((host) => [host, provider] as const),
);
const BY_HOST = new Map(PATTERNS);
/** `.openai.azure.com` and its kin. */
const BY_DOMAIN = PATTERNS.filter(([host]) => host.startsWith("*.")).map(
  ([host, provider]) => [host.slice(1), provider] as const,
);

const GENERIC = { openai: openaiCompatible, anthropic: anthropicCompatible, responses: responsesCompatible };

/** The model's name decides only where neither the request nor the host does. */
const CLAUDE = /^claude/i;

/**
 * Whom a base URL means, and how to speak to them (docs/protocol.md, section 1). Pure; nothing is looked up.
 * @param wanted the request's `provider`: the protocol to speak whatever the host
 */
export function resolveProvider(base: URL, model: string, wanted?: Protocol["name"]): Provider {
  const known =
    BY_HOST.get(base.hostname) ?? BY_DOMAIN.find(([domain]) => base.hostname.endsWith(domain))?.[1];
  const protocol = wanted ?? known?.protocol.name ?? (CLAUDE.test(model) ? "anthropic" : "openai");
  const provider = known ?? localServer(base);
  if (provider?.protocol.name === protocol) return provider;
  const generic = GENERIC[protocol];
  if (provider === undefined) return generic;
  // Responses is another path of the same service, with the same key.
  if (protocol === "responses" && provider.protocol.name === "openai") {
    return { ...provider, protocol: generic.protocol };
  }
  const { name, path, headers } = provider;
  return { ...generic, name, path, ...(headers === undefined ? {} : { headers }) };
}

/** The base URL with the provider's own path where it came without one. */
export function withPath(base: URL, provider: Provider): URL {
  if (/[^/]/.test(base.pathname)) return base;
  const url = new URL(base);
  url.pathname = provider.path;
  return url;
}

function localServer(base: URL): Provider | undefined {
  if (!isLoopbackHost(base.hostname)) return undefined;
  return PROVIDERS.find(({ localPorts }) => localPorts?.includes(Number(base.port)));
}
