/** Variables that hold a provider's key, as the provider's own documents call them, by the name that paths and routes use. */
export const PROVIDER_KEY_VARIABLES = {
  openai: "OPENAI_API_KEY",
  anthropic: "ANTHROPIC_API_KEY",
  openrouter: "OPENROUTER_API_KEY",
  groq: "GROQ_API_KEY",
  gemini: "GEMINI_API_KEY",
  mistral: "MISTRAL_API_KEY",
  deepseek: "DEEPSEEK_API_KEY",
  xai: "XAI_API_KEY",
  perplexity: "PERPLEXITY_API_KEY",
  together: "TOGETHER_API_KEY",
  fireworks: "FIREWORKS_API_KEY",
  cerebras: "CEREBRAS_API_KEY",
  "hugging-face": "HF_TOKEN",
  moonshot: "MOONSHOT_API_KEY",
  deepinfra: "DEEPINFRA_TOKEN",
  zai: "ZAI_API_KEY",
  dashscope: "DASHSCOPE_API_KEY",
  siliconflow: "SILICONFLOW_API_KEY",
} as const;

/** A provider whose key may be in the environment. */
export type KeyedProvider = keyof typeof PROVIDER_KEY_VARIABLES;

export const KEYED_PROVIDERS = Object.keys(PROVIDER_KEY_VARIABLES) as KeyedProvider[];
