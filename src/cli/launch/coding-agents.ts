import { join } from "node:path";

/** Where a coding agent is to ask, and with what. */
export interface AgentSetup {
  /** The server's address, with the path prefix of a provider where one is meant: `http://127.0.0.1:8001/groq`. */
  readonly base: string;
  readonly model: string;
  /** Headers of ours that each request carries. A value in `$NAME` form stands for the variable of that name. */
  readonly headers: Readonly<Record<string, string>>;
  /** A folder for this one process; what is written there goes with it. */
  readonly folder: string;
}

/** What an agent is started with. */
export interface AgentLaunch {
  /** Beside the key and the token, which have variables of their own. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables of the user that would lead it elsewhere. */
  readonly without: readonly string[];
  /** Arguments before those of the user. */
  readonly args: readonly string[];
  /** Files of the folder, by name. */
  readonly files: Readonly<Record<string, string>>;
}

export interface CodingAgent {
  readonly name: string;
  /** What is started, as it stands on PATH. */
  readonly command: string;
  readonly install: string;
  /** The variable that it takes its key from. */
  readonly keyVariable: string;
  /** Where it sends the key, `responses` for Codex, which speaks nothing else. */
  setUp(setup: AgentSetup): AgentLaunch;
}

/** The variable with this server's token, for agents that read a header's value from one. */
export const TOKEN_VARIABLE = "NASH_LLM_TOKEN";

const claude: CodingAgent = {
  name: "claude",
  command: "claude",
  install: "npm install -g @anthropic-ai/claude-code",
  keyVariable: "ANTHROPIC_AUTH_TOKEN",
  setUp: ({ base, model, headers }) => ({
    env: {
      ANTHROPIC_BASE_URL: base,
      ANTHROPIC_MODEL: model,
      // Titles and the like are asked of a small model, which another provider does not have under Anthropic's name.
      ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
      ANTHROPIC_SMALL_FAST_MODEL: model,
      ANTHROPIC_CUSTOM_HEADERS: Object.entries(headers)
        .map(([name, value]) => `${name}: ${value}`)
        .join("\n"),
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    },
    without: ["ANTHROPIC_API_KEY", "CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX"],
    args: [],
    files: {},
  }),
};

const codex: CodingAgent = {
  name: "codex",
  command: "codex",
  install: "npm install -g @openai/codex",
  keyVariable: "NASH_LLM_PROVIDER_KEY",
  setUp: ({ base, model, headers, folder }) => ({
    env: { CODEX_HOME: folder },
    without: ["OPENAI_BASE_URL"],
    args: [],
    files: {
      "config.toml": [
        `model = ${JSON.stringify(model)}`,
        'model_provider = "nash-llm"',
        "",
        "[model_providers.nash-llm]",
        'name = "nash-llm"',
        `base_url = ${JSON.stringify(`${base}/v1`)}`,
        'env_key = "NASH_LLM_PROVIDER_KEY"',
        'wire_api = "responses"',
        `http_headers = ${inlineTable(headers, (value) => !value.startsWith("$"))}`,
        `env_http_headers = ${inlineTable(headers, (value) => value.startsWith("$"))}`,
        "",
      ].join("\n"),
    },
  }),
};

const opencode: CodingAgent = {
  name: "opencode",
  command: "opencode",
  install: "npm install -g opencode-ai",
  keyVariable: "NASH_LLM_PROVIDER_KEY",
  setUp: ({ base, model, headers, folder }) => ({
    env: { OPENCODE_CONFIG: join(folder, "opencode.json") },
    without: [],
    args: [],
    files: {
      "opencode.json": `${JSON.stringify(
        {
          $schema: "https://opencode.ai/config.json",
          model: `nash-llm/${model}`,
          small_model: `nash-llm/${model}`,
          provider: {
            "nash-llm": {
              npm: "@ai-sdk/openai-compatible",
              name: "nash-llm",
              options: {
                baseURL: `${base}/v1`,
                apiKey: "{env:NASH_LLM_PROVIDER_KEY}",
                headers: Object.fromEntries(
                  Object.entries(headers).map(([name, value]) => [
                    name,
                    value.startsWith("$") ? `{env:${value.slice(1)}}` : value,
                  ]),
                ),
              },
              models: { [model]: { name: model } },
            },
          },
        },
        null,
        2,
      )}\n`,
    },
  }),
};

export const CODING_AGENTS: readonly CodingAgent[] = [claude, codex, opencode];

/** Some headers as a table of TOML; a variable by its name alone. */
function inlineTable(headers: AgentSetup["headers"], wanted: (value: string) => boolean): string {
  const entries = Object.entries(headers).filter(([, value]) => wanted(value));
  const pairs = entries.map(
    ([name, value]) => `${JSON.stringify(name)} = ${JSON.stringify(value.replace(/^\$/, ""))}`,
  );
  return `{ ${pairs.join(", ")} }`.replace("{  }", "{}");
}
