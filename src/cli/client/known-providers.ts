import { KEYED_PROVIDERS, type KeyedProvider, PROVIDER_KEY_VARIABLES } from "../../config/provider-keys.ts";
import { namedProvider } from "../../routing/named-providers.ts";
import { NO_ROUTING } from "../../routing/settings.ts";

/** Where a key in the environment belongs, and what is asked there when no model is named. */
export interface KnownProvider {
  readonly name: KeyedProvider;
  readonly label: string;
  readonly keyVariable: string;
  /** For a key that comes without an address. */
  readonly baseUrl: string;
  /** Cheap, current and good enough to talk to; another one of its list where the list does not have it. */
  readonly model: string;
  /** Names that mean this provider wherever no address was given. */
  readonly models?: RegExp;
}

/** Labels and models, in the order in which keys are looked for. The one place to change when models come and go. */
const DETAILS: Readonly<Record<KeyedProvider, Pick<KnownProvider, "label" | "model" | "models">>> = {
  // gpt-oss is what anybody may run.
  openai: { label: "OpenAI", model: "gpt-5.4-mini", models: /^(?:gpt-(?!oss)|chatgpt|o\d)/i },
  anthropic: { label: "Anthropic", model: "claude-haiku-5-5", models: /^claude/i },
  openrouter: { label: "OpenRouter", model: "openrouter/auto" },
  groq: { label: "Groq", model: "openai/gpt-oss-20b" },
  gemini: { label: "Gemini", model: "gemini-flash-latest" },
  mistral: { label: "Mistral", model: "mistral-small-latest" },
  deepseek: { label: "DeepSeek", model: "deepseek-chat" },
  xai: { label: "xAI", model: "grok-4-fast" },
  perplexity: { label: "Perplexity", model: "sonar" },
  together: { label: "Together", model: "openai/gpt-oss-20b" },
  fireworks: { label: "Fireworks", model: "accounts/fireworks/models/gpt-oss-20b" },
  cerebras: { label: "Cerebras", model: "gpt-oss-120b" },
  "hugging-face": { label: "Hugging Face", model: "openai/gpt-oss-20b" },
  moonshot: { label: "Moonshot", model: "kimi-latest" },
  deepinfra: { label: "DeepInfra", model: "openai/gpt-oss-20b" },
  zai: { label: "Z.ai", model: "glm-4.5-flash" },
  dashscope: { label: "DashScope", model: "qwen-plus" },
  siliconflow: { label: "SiliconFlow", model: "Qwen/Qwen3-8B" },
};

export const KNOWN_PROVIDERS: readonly KnownProvider[] = KEYED_PROVIDERS.map((name) => ({
  name,
  ...DETAILS[name],
  keyVariable: PROVIDER_KEY_VARIABLES[name],
  baseUrl: namedProvider(name, NO_ROUTING)?.baseUrl.href.replace(/\/+$/, "") ?? "",
}));

export const DEMO = {
  label: "demo",
  baseUrl: "http://demo.invalid/v1",
  model: "demo",
  models: /^(?:claude-)?demo(?:-|$)/,
} as const;

/** The word sent where no key is needed; the server wants one all the same. */
export const NO_KEY = "none";
