import { join } from "node:path";
import { Child } from "../process.ts";
import { MANY_REQUESTS, openAiRequest, type Program } from "./bench-program.ts";

/** A Bun server of a few lines that parses nothing. */
export const passthrough: Program = {
  name: "passthrough",
  about: `Bun ${Bun.version}, a few lines that hand on what they pull and look at nothing`,
  missing: () => undefined,
  async start(provider) {
    const server = join(import.meta.dir, "passthrough-server.ts");
    const child = new Child([process.execPath, server, `http://127.0.0.1:${provider}`], {
      stdout: "pipe",
      env: MANY_REQUESTS,
    });
    return {
      child,
      port: await child.printedPort(),
      health: "/health",
      request: openAiRequest,
      openAiClient: { openai: openAiRequest },
    };
  },
};
