/** The program before one provider of each protocol: every dialect of clients with every protocol of providers. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/server.ts";
import { type Program, startProgram } from "./program.ts";

export const PROTOCOLS = ["openai", "anthropic", "responses"] as const;

/** Providers of the settings, one for each protocol; their names are the path prefixes. */
const PROVIDERS = { openai: "oai", anthropic: "ant", responses: "resp" } as const;

export interface Pairs {
  readonly program: Program;
  readonly sandbox: Sandbox;
  /** The base URL of a provider, without `/v1`. */
  baseUrl(protocol: (typeof PROTOCOLS)[number]): string;
  stop(): Promise<void>;
}

/** The settings for one provider of each protocol, as TOML. @param address of a provider, with `/v1` */
function providerSettings(address: (protocol: (typeof PROTOCOLS)[number]) => string): string {
  return PROTOCOLS.map(
    (protocol) =>
      `[[provider]]\nname = "${PROVIDERS[protocol]}"\nbase-url = "${address(protocol)}"\nprotocol = "${protocol}"\n`,
  ).join("\n");
}

/** A sandbox that speaks all three protocols, and the program before it, without retries. */
export async function startPairs(options: SandboxOptions = {}): Promise<Pairs> {
  const sandbox = startSandbox(options);
  const folder = mkdtempSync(join(tmpdir(), "nash-llm-pairs-"));
  const settings = join(folder, "nash-llm.toml");
  writeFileSync(
    settings,
    providerSettings(() => sandbox.url),
  );
  const program = await startProgram({ args: ["--config", settings, "--retries", "0"] });
  return {
    program,
    sandbox,
    baseUrl: (protocol) => `${program.url}/${PROVIDERS[protocol]}`,
    async stop() {
      await program.stop();
      await sandbox.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
