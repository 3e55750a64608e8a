import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../tests/support/free-port.ts";
import { Child, listening } from "../process.ts";
import {
  MANY_REQUESTS,
  openAiRequest,
  type Program,
  type ProviderProtocol,
  REQUIRED,
  type Running,
} from "./bench-program.ts";

const FOLDER = join(import.meta.dir, "../node_modules/@portkey-ai/gateway");

/** Portkey's gateway from npm, on the same runtime. */
export const portkey: Program = {
  name: "Portkey",
  about: `@portkey-ai/gateway ${version() ?? ""} on Bun ${Bun.version}, no console`,
  missing: () => (existsSync(FOLDER) ? undefined : "`bun install` in bench/ has not been run"),
  async start(provider) {
    const port = await freePort();
    const script = join(FOLDER, "build/start-server.js");
    const child = new Child([process.execPath, script, `--port=${port}`, "--headless"], {
      env: { ...MANY_REQUESTS, NODE_ENV: "production", TRUSTED_CUSTOM_HOSTS: "127.0.0.1,localhost" },
    });
    await listening(port);
    const openAiClient = (protocol: ProviderProtocol): Running["request"] => {
      const headers = {
        "x-portkey-provider": protocol,
        "x-portkey-custom-host": `http://127.0.0.1:${provider}/v1`,
      };
      return (model, messages) => openAiRequest(model, messages, headers, REQUIRED[protocol]);
    };
    const request = openAiClient("openai");
    return {
      child,
      port,
      health: "/",
      request,
      openAiClient: { openai: request, anthropic: openAiClient("anthropic") },
    };
  },
};

function version(): string | undefined {
  if (!existsSync(FOLDER)) return undefined;
  const { version: number } = JSON.parse(readFileSync(join(FOLDER, "package.json"), "utf8"));
  return String(number);
}
