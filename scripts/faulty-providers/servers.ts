import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../tests/support/free-port.ts";
import { end, listening, spawn } from "../packages/foreign-server.ts";
import { npmPackage, pythonPackages } from "../packages/registry-cache.ts";

/** The words that are asked for. Both programs give a known answer to them. */
export const PROMPT = "hello from the test of faulty providers";

export interface FaultyProvider {
  readonly name: string;
  readonly faults: string;
  /** The base URL for a protocol. */
  baseUrl(protocol: "openai" | "anthropic"): string;
  /** What the provider itself thinks of its client, where it has an opinion. */
  verdict(): Promise<Verdict | undefined>;
  stop(): Promise<void>;
}

/** llmock's `report --json`: what a client did wrong, as far as a provider can see it. */
export interface Verdict {
  readonly calls: number;
  readonly attempts: number;
  readonly faults: number;
  /** How often each kind of finding was found, with what it says of the first. */
  readonly findings: ReadonlyMap<string, { readonly times: number; readonly title: string }>;
}

type Faults = Readonly<Record<string, number>>;

/** [llmock](https://pypi.org/project/llmock/): ten providers with errors by rate and broken streams, and a judge of their clients. */
export async function startLlmock(errors: Faults, streamFaults: Faults): Promise<FaultyProvider> {
  const environment = pythonPackages("llmock", ["llmock==0.2.2"]);
  const llmock = join(environment, "bin/llmock");
  const port = await freePort();
  const flags = [
    ...Object.entries(errors).flatMap(([status, rate]) => ["--error-rate", `${status}=${rate}`]),
    ...Object.entries(streamFaults).flatMap(([kind, rate]) => ["--stream-fault", `${kind}=${rate}`]),
  ];
  const child = spawn([
    llmock,
    "serve",
    "--host",
    "127.0.0.1",
    "-p",
    String(port),
    "--log-level",
    "error",
    "--response-style",
    "varied",
    ...flags,
  ]);
  await listening(port, child);
  return {
    name: "llmock",
    faults: told({ ...errors, ...streamFaults }),
    baseUrl: (protocol) => `http://127.0.0.1:${port}${protocol === "anthropic" ? "/anthropic" : "/v1"}`,
    async verdict() {
      const report = Bun.spawn([llmock, "report", "--url", `http://127.0.0.1:${port}`, "--json"], {
        stdout: "pipe",
        stderr: "ignore",
      });
      return readVerdict(JSON.parse(await new Response(report.stdout).text()));
    },
    stop: () => end(child),
  };
}

/** [aimock](https://www.npmjs.com/package/@copilotkit/aimock): OpenAI, Anthropic and others, with connections destroyed and broken JSON. */
export async function startAimock(faults: Faults): Promise<FaultyProvider> {
  const folder = npmPackage("@copilotkit/aimock", "1.43.0");
  const fixtures = mkdtempSync(join(tmpdir(), "nash-llm-aimock-"));
  const answer =
    "The hedgehog walked through the garden, looked at the moon, and went home before it rained.";
  const fixture = { fixtures: [{ match: { userMessage: PROMPT }, response: { content: answer } }] };
  writeFileSync(join(fixtures, "answer.json"), JSON.stringify(fixture));
  const port = await freePort();
  const flags = Object.entries(faults).flatMap(([kind, rate]) => [`--chaos-${kind}`, String(rate)]);
  const program = join(folder, "../../.bin/llmock");
  const child = spawn([program, "-p", String(port), "-f", fixtures, "--log-level", "silent", ...flags]);
  await listening(port, child);
  return {
    name: "aimock",
    faults: told(faults),
    baseUrl: (protocol) => `http://127.0.0.1:${port}${protocol === "anthropic" ? "" : "/v1"}`,
    verdict: () => Promise.resolve(undefined),
    stop: () => end(child),
  };
}

function readVerdict(report: {
  calls: number;
  attempts: number;
  faults_injected: number;
  findings: readonly { readonly code: string; readonly title: string }[];
}): Verdict {
  const findings = new Map<string, { times: number; title: string }>();
  for (const { code, title } of report.findings) {
    const known = findings.get(code);
    if (known === undefined) findings.set(code, { times: 1, title });
    else known.times++;
  }
  return { calls: report.calls, attempts: report.attempts, faults: report.faults_injected, findings };
}

const told = (faults: Faults) =>
  Object.entries(faults)
    .map(([name, rate]) => `${name} ${rate}`)
    .join(", ");
