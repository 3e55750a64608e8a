import { existsSync } from "node:fs";
import { Child } from "../process.ts";
import {
  openAiRequest,
  type Program,
  type ProviderProtocol,
  REQUIRED,
  type Running,
  type Settings,
} from "./bench-program.ts";

/**
 * The program with its default settings; its log is written and thrown away.
 * @param path the compiled program, or `src/main.ts`
 */
export function nash(path: string, name: string): Program {
  return {
    name,
    about: "the compiled program, default settings",
    missing: () => (existsSync(path) ? undefined : `${path} is not there; \`bun build.ts\` makes it`),
    async start(provider, { args = [], env = {} }: Partial<Settings> = {}) {
      const child = new Child([...commandOf(path), "--port", "0", ...args], { stdout: "pipe", env });
      const openAiClient = (protocol: ProviderProtocol): Running["request"] => {
        const headers = {
          "x-nash-llm-base-url": `http://127.0.0.1:${provider}/v1`,
          "x-nash-llm-protocol": protocol,
        };
        return (model, messages) => openAiRequest(model, messages, headers, REQUIRED[protocol]);
      };
      return {
        child,
        port: await child.printedPort(),
        health: "/health",
        request: (model, messages) => ({
          path: "/v1/chat/completions/stream",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({
            model,
            messages,
            api_key: "any-word",
            api_base_url: `http://127.0.0.1:${provider}/v1`,
          }),
        }),
        openAiClient: { openai: openAiClient("openai"), anthropic: openAiClient("anthropic") },
      };
    },
  };
}

/** How to run the program, or its source. */
export function commandOf(path: string): readonly string[] {
  return path.endsWith(".ts") ? [process.execPath, path] : [path];
}
