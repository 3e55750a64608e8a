/** A provider to start from. */
export interface Preset {
  readonly label: string;
  /** Its https address without the scheme. */
  readonly address: string;
}

/** The providers that most people ask for; the server knows more, and takes any address. */
export const PRESETS: readonly Preset[] = [
  { label: "OpenAI", address: "api.openai.com/v1" },
  { label: "Anthropic", address: "api.anthropic.com/v1" },
  { label: "Gemini", address: "generativelanguage.googleapis.com/v1beta/openai" },
  { label: "OpenRouter", address: "openrouter.ai/api/v1" },
  { label: "Mistral", address: "api.mistral.ai/v1" },
  { label: "Groq", address: "api.groq.com/openai/v1" },
  { label: "DeepSeek", address: "api.deepseek.com" },
  { label: "xAI", address: "api.x.ai/v1" },
];
