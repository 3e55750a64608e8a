import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pythonPackages } from "../../scripts/packages/registry-cache.ts";
import { freePort } from "../../tests/support/free-port.ts";
import { Child } from "../process.ts";
import { answered, type Message, openAiRequest, type Program, REQUIRED } from "./bench-program.ts";

// The newest whose parts are all in the registry (November 2026).
const VERSION = "1.108.6";
const KEY = "sk-any-key";

/** Half a second of CPU for an answer of 500 tokens. */
const SHARE = 0.05;

/**
 * LiteLLM's proxy from PyPI, in an environment of its own in the user's cache.
 * @param wanted it takes most of a gigabyte and a minute to install, so only who names it gets it
 */
export function liteLlm(wanted: boolean): Program {
  return {
    name: "LiteLLM",
    about: `litellm[proxy] ${VERSION} from PyPI, one worker, no database, no retries`,
    missing: () => (wanted ? undefined : "--with LiteLLM installs it, 0.75 GB in the user's cache"),
    async start(provider) {
      const environment = pythonPackages("litellm", [`litellm[proxy]==${VERSION}`]);
      const folder = mkdtempSync(join(tmpdir(), "bench-litellm-"));
      const origin = `http://127.0.0.1:${provider}`;
      // JSON is YAML.
      writeFileSync(join(folder, "config.yaml"), JSON.stringify(configuration(origin)));
      const port = await freePort();
      const child = new Child(
        [
          join(environment, "bin/litellm"),
          ...["--config", join(folder, "config.yaml"), "--host", "127.0.0.1", "--port", String(port)],
        ],
        { env: { LITELLM_MASTER_KEY: KEY, LITELLM_LOCAL_MODEL_COST_MAP: "True", HOME: folder } },
      );
      await answered(port, "/health/liveliness");
      const through = (prefix: "openai" | "anthropic") => (model: string, messages: readonly Message[]) =>
        openAiRequest(`${prefix}-${model}`, messages, { authorization: `Bearer ${KEY}` }, REQUIRED[prefix]);
      const request = through("openai");
      return {
        child,
        port,
        health: "/health/liveliness",
        share: SHARE,
        request,
        openAiClient: { openai: request, anthropic: through("anthropic") },
      };
    },
  };
}

function configuration(origin: string): object {
  const route = (name: string, model: string, base: string) => ({
    model_name: name,
    litellm_params: { model, api_base: base, api_key: KEY },
  });
  return {
    model_list: [
      route("openai-*", "hosted_vllm/*", `${origin}/v1`),
      route("anthropic-*", "anthropic/*", origin),
    ],
    litellm_settings: { num_retries: 0, drop_params: true },
    router_settings: { num_retries: 0, disable_cooldowns: true },
  };
}
