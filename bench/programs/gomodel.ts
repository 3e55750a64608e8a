import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { freePort } from "../../tests/support/free-port.ts";
import { Child } from "../process.ts";
import { answered, openAiRequest, type Program } from "./bench-program.ts";

/** It refuses a model that no list has: those of all measures. */
const MODELS = [
  ...["fast", "burst", "empty", "silent"].map((name) => `demo-${name}`),
  ...[100, 500, 2_000, 8_000].map((tokens) => `demo-numbered-${tokens}-0`),
  ...["paced-1-1000", "paced-180-20", "bursts-180-20"],
  ...Array.from({ length: 2_000 }, (_, i) => `quiet-stream${i}`),
];

/**
 * GoModel, a gateway in Go that comes in no registry: built from its source, or taken from its releases.
 * @param path its program; it is left out without one
 * @see https://github.com/ENTERPILOT/GoModel
 */
export function goModel(path: string | undefined): Program {
  return {
    name: "GoModel",
    about: "built from its source, default settings, nothing asked of the network but the provider",
    missing() {
      if (path === undefined) return "--gomodel PATH names its program";
      return existsSync(path) ? undefined : `${path} is not there`;
    },
    async start(provider) {
      const port = await freePort();
      const folder = mkdtempSync(join(tmpdir(), "bench-gomodel-"));
      const child = new Child([resolve(path ?? "")], {
        cwd: folder,
        env: {
          PORT: String(port),
          HOME: folder,
          PID_FILE: join(folder, "pid"),
          GOMODEL_OFFLINE: "true",
          OPENAI_API_KEY: "any-word",
          OPENAI_BASE_URL: `http://127.0.0.1:${provider}/v1`,
          BODY_SIZE_LIMIT: "64M",
          OPENAI_MODELS: MODELS.join(),
          CONFIGURED_PROVIDER_MODELS_MODE: "allowlist",
        },
      });
      await answered(port, "/health");
      return {
        child,
        port,
        health: "/health",
        request: openAiRequest,
        openAiClient: { openai: openAiRequest },
      };
    },
  };
}
