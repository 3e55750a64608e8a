/** Where a key in the environment belongs, and what is asked there when no model is named. */
export interface KnownProvider {
  readonly name: "openai" | "anthropic";
  readonly label: string;
  readonly keyVariable: string;
  readonly baseUrlVariable: string;
  /** For a key that comes without an address. */
  readonly baseUrl: string;
  /** Cheap, current and good enough to talk to. */
  readonly model: string;
  /** Names that mean this provider wherever no address was given. */
  readonly models: RegExp;
}

/** In the order in which they are looked for. The one place to change when models come and go. */
export const KNOWN_PROVIDERS: readonly KnownProvider[] = [
  {
    name: "openai",
    label: "OpenAI",
    keyVariable: "OPENAI_API_KEY",
    baseUrlVariable: "OPENAI_BASE_URL",
    baseUrl: "https://api.openai.com/v1",
    model: "gpt-5.4-mini",
    // gpt-oss is what anybody may run.
    models: /^(?:gpt-(?!oss)|chatgpt|o\d)/i,
  },
  {
    name: "anthropic",
    label: "Anthropic",
    keyVariable: "ANTHROPIC_API_KEY",
    baseUrlVariable: "ANTHROPIC_BASE_URL",
    baseUrl: "https://api.anthropic.com",
    model: "claude-haiku-5-5",
    models: /^claude/i,
  },
];

export const DEMO = {
  label: "demo",
  baseUrl: "http://demo.invalid/v1",
  model: "demo",
  models: /^(?:claude-)?demo(?:-|$)/,
} as const;

/** The word sent where no key is needed; the server wants one all the same. */
export const NO_KEY = "none";
