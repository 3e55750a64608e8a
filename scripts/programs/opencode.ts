import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { npmPackage } from "../packages/registry-cache.ts";
import { type HeadlessProgram, runIn } from "./headless.ts";

const VERSION = "1.18.33";

/** The provider of opencode for each dialect. Each meets the protocol of another, so that all is translated. */
const PROVIDERS = { openai: "anthropic", anthropic: "openai", responses: "nash" } as const;
const DIALECTS = { openai: "Messages", anthropic: "Responses", responses: "chat" } as const;
/** The name of one request, which is not the answer. */
const TITLE = "agent=title";

/** opencode, by the AI SDK: it speaks all three dialects. */
export const opencode: HeadlessProgram = {
  name: "opencode",
  version: VERSION,
  dialect: (protocol) => DIALECTS[protocol],
  commandTool: "bash",
  async run({ baseUrl, model, prompt }, home) {
    const folder = npmPackage("opencode-ai", VERSION);
    const program = join(folder, `../opencode-${process.platform}-${process.arch}/bin/opencode`);
    const protocol = protocolOf(baseUrl);
    const options = { baseURL: `${baseUrl}/v1`, apiKey: "any-key" };
    const provider = { options, models: { [model]: {} } };
    const settings = {
      autoupdate: false,
      share: "disabled",
      provider: {
        openai: provider,
        anthropic: provider,
        nash: { npm: "@ai-sdk/openai-compatible", ...provider },
      },
    };
    mkdirSync(join(home, "work"), { recursive: true });
    writeFileSync(join(home, "work/opencode.json"), JSON.stringify(settings));
    const flags = ["--print-logs", "--log-level", "WARN", "-m", `${PROVIDERS[protocol]}/${model}`];
    const env = {
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
      OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
    };
    // It asks again for minutes.
    const { stdout, stderr } = await runIn(
      home,
      [program, "run", ...flags, prompt],
      env,
      (log) => errorIn(log) !== undefined,
    );
    return { text: stdout.trim(), error: errorIn(stderr) };
  },
};

function errorIn(log: string): string | undefined {
  const line = log.split("\n").find((one) => one.includes("level=ERROR") && !one.includes(TITLE));
  if (line === undefined) return undefined;
  const found = /\berror(?:\.\w+)*\.message=(?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(line);
  const [, quoted, bare] = found ?? /\berror(?:\.\w+)*="((?:[^"\\]|\\.)*)"/.exec(line) ?? [];
  return quoted ?? bare ?? line;
}

function protocolOf(baseUrl: string): keyof typeof PROVIDERS {
  if (baseUrl.endsWith("/oai")) return "openai";
  return baseUrl.endsWith("/ant") ? "anthropic" : "responses";
}
