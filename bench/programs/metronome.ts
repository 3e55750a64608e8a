import { join } from "node:path";
import { Child } from "../process.ts";
import { openAiRequest, type Program } from "./bench-program.ts";

/** A provider that stamps its tokens and says when callers leave. */
export const metronome: Program = {
  name: "no relay",
  about: "the load generator asks the provider itself",
  missing: () => undefined,
  async start() {
    const child = new Child([process.execPath, join(import.meta.dir, "metronome-server.ts")], {
      stdout: "pipe",
    });
    return { child, port: await child.printedPort(), health: "/", request: openAiRequest };
  },
};
