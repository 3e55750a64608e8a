import { pino } from "pino";
import { serverOptions } from "../../src/cli/server-options.ts";
import { loadSettings } from "../../src/config.ts";
import type { Usage } from "../../src/core/event.ts";
import { isObject, parseJson } from "../../src/core/json.ts";
import { startServer } from "../../src/server/start.ts";

export interface EvaluationServer {
  readonly url: string;
  /** Tokens of the last summary, as the server has logged them; undefined where the provider has not told. */
  takeUsage(): Promise<Usage | undefined>;
  stop(): Promise<void>;
}

/** The server as it is shipped, on a free port of this machine, with nothing from the environment. */
export function startEvaluationServer(): EvaluationServer {
  let usage: Usage | undefined;
  const logger = pino(
    { level: "info" },
    {
      write(line) {
        const entry = parseJson(line);
        if (!isObject(entry) || entry["path"] !== "/v1/chat/summarize") return;
        const [inputTokens, outputTokens] = [entry["input_tokens"], entry["output_tokens"]];
        if (typeof inputTokens === "number" && typeof outputTokens === "number")
          usage = { inputTokens, outputTokens };
      },
    },
  );
  const settings = loadSettings({ port: 0, detect: false }, undefined, {});
  const secrets = { token: undefined, heliconeKey: undefined };
  const server = startServer({ ...serverOptions(settings, secrets), logger });
  return {
    url: server.url,
    async takeUsage() {
      // The line is written once the answer is out.
      await Bun.sleep(50);
      const taken = usage;
      usage = undefined;
      return taken;
    },
    stop: () => server.stop(0),
  };
}
