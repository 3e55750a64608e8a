import { lookup } from "node:dns/promises";
import { takeProxies } from "../../config.ts";
import { networkFailure } from "../../upstream/error-messages.ts";
import { proxyFor } from "../../upstream/proxy.ts";
import { type Check, ok, problem } from "./check.ts";

/** Asked without a key, so their answer is a refusal; that there is one is all that counts. */
const PLACES = ["https://api.openai.com/v1/models", "https://api.anthropic.com/v1/models"];

/** For the name and for the answer each, in milliseconds. */
const TIMEOUT_MS = 3_000;

/** Above this, signatures and certificates begin to fail, in milliseconds. */
const MOST_SKEW_MS = 300_000;

/**
 * Whether providers can be reached from here: name, connection, certificate, answer. No key is sent.
 * @param useProxy through the proxy of the environment, where names are resolved too
 */
export function checkOnline(useProxy: boolean, places: readonly string[] = PLACES): Promise<Check[]> {
  return Promise.all(places.map((place) => checkPlace(new URL(place), useProxy)));
}

async function checkPlace(url: URL, useProxy: boolean): Promise<Check> {
  const name = url.host;
  const proxies = takeProxies(useProxy);
  if (!useProxy && !(await resolves(url.hostname)))
    return problem(name, "its name is not resolved", "look at this machine's DNS");
  const started = performance.now();
  try {
    const response = await fetch(url, {
      method: "HEAD",
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      proxy: (proxies && proxyFor(url, proxies)?.href) ?? false,
      tls: { rejectUnauthorized: true },
    });
    const skew = skewOf(response.headers.get("date"));
    if (Math.abs(skew) > MOST_SKEW_MS) {
      const minutes = Math.round(Math.abs(skew) / 60_000);
      return problem(
        "clock",
        `${minutes} minutes ${skew > 0 ? "ahead of" : "behind"} that of ${name}`,
        "set this machine's clock",
      );
    }
    const took = Math.round(performance.now() - started);
    return ok(name, `answers after ${took} ms (${response.status}, asked without a key)`);
  } catch (error) {
    if (error instanceof DOMException && error.name === "TimeoutError")
      return problem(
        name,
        `no answer within ${TIMEOUT_MS / 1000} s`,
        "a firewall, or a proxy (--use-proxy)?",
      );
    const { message } = networkFailure(error, name);
    return message.includes("certificate")
      ? problem(name, message, "where a proxy opens TLS, name its certificate in NODE_EXTRA_CA_CERTS")
      : problem(name, message);
  }
}

async function resolves(hostname: string): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, TIMEOUT_MS, false).unref());
  const found = lookup(hostname).then(
    () => true,
    () => false,
  );
  return Promise.race([found, late]);
}

/** How far this clock is ahead, in milliseconds; 0 where the answer bears no date. */
function skewOf(date: string | null): number {
  const there = Date.parse(date ?? "");
  return Number.isNaN(there) ? 0 : Date.now() - there;
}
