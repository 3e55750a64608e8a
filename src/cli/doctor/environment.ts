import { accessSync, constants } from "node:fs";
import { ConfigError, extraCertificates, loadClientEnvironment, variablesSet } from "../../config.ts";
import { type Check, note, ok, problem } from "./check.ts";

const KEYS = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "HELICONE_API_KEY", "NASH_LLM_TOKEN"];
const ADDRESSES = ["OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "OLLAMA_HOST"];
/** Others read these. */
const NOT_READ = ["ANTHROPIC_AUTH_TOKEN", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "LLM_MODEL"];
const PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [
  name,
  name.toLowerCase(),
]);
/** What the runtime itself obeys. */
const RUNTIME = {
  BUN_OPTIONS: "can load foreign code into this program",
  NODE_TLS_REJECT_UNAUTHORIZED: "can switch the check of certificates off",
};

/** What the environment says: names alone, for a value may be a key. */
export function checkEnvironment({ useProxy }: { readonly useProxy: boolean }): readonly Check[] {
  return [...keys(), proxies(useProxy), ...runtime(), ...certificates()];
}

function keys(): readonly Check[] {
  const checks: Check[] = [];
  try {
    loadClientEnvironment();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    checks.push(problem("keys", error.message));
  }
  const set = variablesSet([...KEYS, ...ADDRESSES]);
  checks.push(
    set.length === 0
      ? note("keys", "none in the environment", "the client then asks a local model server, or the demo")
      : ok("keys", `set: ${set.join(", ")}`),
  );
  const notRead = variablesSet(NOT_READ);
  if (notRead.length > 0) checks.push(note("keys", `set, but not read: ${notRead.join(", ")}`));
  return checks;
}

function proxies(useProxy: boolean): Check {
  const set = variablesSet(PROXIES);
  const used = set.filter((name) => !/^no_proxy$/i.test(name));
  if (used.length === 0) {
    return useProxy
      ? note("proxy", "--use-proxy, but no variable names a proxy", "set HTTPS_PROXY, or drop --use-proxy")
      : ok("proxy", "none in the environment");
  }
  return useProxy
    ? ok("proxy", `providers are reached through ${set.join(", ")}`)
    : note(
        "proxy",
        `set, but not used: ${set.join(", ")}`,
        "where providers can be reached through it alone: --use-proxy",
      );
}

function runtime(): readonly Check[] {
  return Object.entries(RUNTIME)
    .filter(([name]) => variablesSet([name]).length > 0)
    .map(([name, what]) => note("runtime", `${name} is set: it ${what}`, `unset ${name} unless you set it`));
}

function certificates(): readonly Check[] {
  const file = extraCertificates();
  if (file === undefined) return [];
  try {
    accessSync(file, constants.R_OK);
    return [ok("certificates", `NODE_EXTRA_CA_CERTS adds ${file}`)];
  } catch {
    return [problem("certificates", `NODE_EXTRA_CA_CERTS names ${file}, which cannot be read`)];
  }
}
