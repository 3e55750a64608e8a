import { networkFailure } from "../../upstream/error-messages.ts";
import { type Check, ok, problem } from "./check.ts";

const TIMEOUT_MS = 3_000;

/**
 * Whether a running server lives: for the health checks of containers, whose images have no other program to ask with.
 * @param address of the server, such as `http://127.0.0.1:8001`
 */
export async function checkHealth(address: string): Promise<Check> {
  const name = "health";
  const url = URL.parse("/health", address);
  if (url === null || !/^https?:$/.test(url.protocol)) return problem(name, `${address} is no address`);
  try {
    const response = await fetch(url, {
      redirect: "manual",
      proxy: false,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return response.ok
      ? ok(name, `${url.host} lives`)
      : problem(name, `${url.host} answers ${response.status}`);
  } catch (error) {
    return problem(name, networkFailure(error, url.host).message);
  }
}
