import type { Proxies } from "../upstream/proxy.ts";
import { ConfigError, type Environment } from "./layers.ts";

const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [
  name,
  name.toLowerCase(),
]);

/** What the runtime's `fetch` would obey of itself: proxies, and a trace of each request that shows its key. */
export const RUNTIME_VARIABLES: readonly string[] = [...PROXY_VARIABLES, "BUN_CONFIG_VERBOSE_FETCH"];

/**
 * The proxies that variables name.
 * @throws {ConfigError} where one cannot be used
 */
export function proxiesIn(env: Environment): Proxies {
  return {
    http: proxyIn(env, "HTTP_PROXY", "ALL_PROXY"),
    https: proxyIn(env, "HTTPS_PROXY", "ALL_PROXY"),
    except: (valueIn(env, "NO_PROXY")?.value ?? "").split(/[\s,]+/).filter((rule) => rule !== ""),
  };
}

/** The first of these variables that has a value, in capitals or not, as is the custom. */
function valueIn(env: Environment, ...names: readonly string[]) {
  return names
    .flatMap((name) => [name.toLowerCase(), name])
    .map((name) => ({ name, value: env[name]?.trim() ?? "" }))
    .find(({ value }) => value !== "");
}

/** A proxy's address, its user and password in the one spelling that every reader of it decodes to what was meant. */
function proxyIn(env: Environment, ...names: readonly string[]): URL | undefined {
  const found = valueIn(env, ...names);
  if (found === undefined) return undefined;
  const { name, value } = found;
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:") || url.hostname === "") {
    throw new ConfigError(
      `${name} holds no http address of a proxy, such as http://user:password@proxy.example:3128. ${SPELLING}`,
    );
  }
  // What stands behind a `#` or a `/` was most likely part of a password.
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw new ConfigError(`${name} holds more than a proxy's host and port. ${SPELLING}`);
  }
  url.username = respelt(url.username, name);
  url.password = respelt(url.password, name);
  return url;
}

const SPELLING = "In a password # is written %23, / is %2F, ? is %3F and % is %25.";

/** A `%` that begins no escape stands for itself, as in curl. */
function respelt(encoded: string, name: string): string {
  try {
    return encodeURIComponent(decodeURIComponent(encoded.replace(/%(?![0-9a-f]{2})/gi, "%25")));
  } catch {
    throw new ConfigError(`${name} holds a user or password whose % escapes are no UTF-8. ${SPELLING}`);
  }
}
