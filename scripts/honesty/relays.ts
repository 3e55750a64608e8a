import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sandbox } from "../../src/sandbox/server.ts";
import { freePort } from "../../tests/support/free-port.ts";
import { type Pairs, PROTOCOLS } from "../../tests/support/pairs.ts";
import { end, listening, spawn } from "../packages/foreign-server.ts";
import { npmPackage, pythonPackages } from "../packages/registry-cache.ts";
import type { DialectName, Question } from "./judges.ts";
import { MODELS } from "./verdict.ts";

type ProtocolName = (typeof PROTOCOLS)[number];

/** A line of the table: a client's dialect, through something, to a provider's protocol. */
export interface Row {
  readonly through: string;
  readonly dialect: DialectName;
  readonly ask: (model: string) => Question;
}

export interface Relay {
  readonly rows: readonly Row[];
  stop(): Promise<void>;
}

// The newest whose parts are all in the registry (November 2026).
const LITELLM = "1.108.6";
const PORTKEY = "1.15.2";
const DIALECTS = ["chat", "messages", "responses"] as const;
const OWN_DIALECT = { openai: "chat", anthropic: "messages", responses: "responses" } as const;
const KEY = "sk-any-key";

/** No relay: each SDK asks a provider of its own protocol. */
export function nothing(sandbox: Sandbox): readonly Row[] {
  const baseUrl = sandbox.url.replace(/\/v1$/, "");
  return PROTOCOLS.map((protocol) => ({
    through: `nothing, ${OWN_DIALECT[protocol]}`,
    dialect: OWN_DIALECT[protocol],
    ask: (model) => ({ baseUrl, key: KEY, headers: {}, model }),
  }));
}

/** This program: every dialect with every protocol. */
export function nashLlm(pairs: Pairs): readonly Row[] {
  return DIALECTS.flatMap((dialect) =>
    PROTOCOLS.map((protocol) => ({
      through: `**nash-llm**, ${protocol} → ${dialect}`,
      dialect,
      ask: (model: string) => ({ baseUrl: pairs.baseUrl(protocol), key: KEY, headers: {}, model }),
    })),
  );
}

/** [LiteLLM](https://pypi.org/project/litellm/)'s proxy. Its `openai/` models would go over Responses for messages. */
export async function liteLlm(sandbox: Sandbox): Promise<Relay> {
  const environment = pythonPackages("litellm", [`litellm[proxy]==${LITELLM}`]);
  const origin = sandbox.url.replace(/\/v1$/, "");
  const providers = { openai: `hosted_vllm/`, anthropic: `anthropic/`, responses: `openai/` } as const;
  const addresses = { openai: sandbox.url, anthropic: origin, responses: sandbox.url } as const;
  const config = {
    model_list: PROTOCOLS.flatMap((protocol) =>
      MODELS.map((model) => ({
        model_name: `${protocol}-${model}`,
        litellm_params: {
          model: `${providers[protocol]}${model}`,
          api_base: addresses[protocol],
          api_key: KEY,
        },
      })),
    ),
    litellm_settings: { num_retries: 0, drop_params: true },
    router_settings: { num_retries: 0, disable_cooldowns: true },
  };
  const folder = mkdtempSync(join(tmpdir(), "nash-llm-litellm-"));
  // JSON is YAML.
  writeFileSync(join(folder, "config.yaml"), JSON.stringify(config));
  const port = await freePort();
  const child = spawn(
    [
      join(environment, "bin/litellm"),
      "--config",
      join(folder, "config.yaml"),
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
    ],
    { LITELLM_MASTER_KEY: KEY, LITELLM_LOCAL_MODEL_COST_MAP: "True", HOME: folder },
  );
  await listening(port, child, "/health/liveliness");
  const row = (protocol: ProtocolName, dialect: DialectName): Row => ({
    through: `LiteLLM ${LITELLM}, ${protocol} → ${dialect}`,
    dialect,
    ask: (model) => ({
      baseUrl: `http://127.0.0.1:${port}`,
      key: KEY,
      headers: { authorization: `Bearer ${KEY}` },
      model: `${protocol}-${model}`,
    }),
  });
  return {
    rows: [
      row("openai", "chat"),
      row("anthropic", "chat"),
      row("openai", "messages"),
      row("anthropic", "messages"),
      row("responses", "messages"),
      row("responses", "responses"),
      row("anthropic", "responses"),
    ],
    stop: () => end(child),
  };
}

/** [Portkey's gateway](https://www.npmjs.com/package/@portkey-ai/gateway), on Bun: on Node 20 it answered with 500. */
export async function portkey(sandbox: Sandbox): Promise<Relay> {
  const folder = npmPackage("@portkey-ai/gateway", PORTKEY);
  const port = await freePort();
  const child = spawn(
    [process.execPath, join(folder, "build/start-server.js"), `--port=${port}`, "--headless"],
    { NODE_ENV: "production", TRUSTED_CUSTOM_HOSTS: "127.0.0.1,localhost" },
  );
  await listening(port, child);
  const row = (provider: "openai" | "anthropic", dialect: DialectName): Row => ({
    through: `Portkey ${PORTKEY}, ${provider} → ${dialect}`,
    dialect,
    ask: (model) => ({
      baseUrl: `http://127.0.0.1:${port}`,
      key: KEY,
      headers: {
        "x-portkey-provider": provider,
        "x-portkey-custom-host": sandbox.url,
        authorization: `Bearer ${KEY}`,
      },
      model,
    }),
  });
  return {
    rows: [
      row("openai", "chat"),
      row("anthropic", "chat"),
      row("anthropic", "messages"),
      row("openai", "messages"),
      row("openai", "responses"),
    ],
    stop: () => end(child),
  };
}
