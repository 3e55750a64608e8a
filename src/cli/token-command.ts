import { randomBytes } from "node:crypto";
import { tokenHash } from "../clients/client.ts";
import { UsageError } from "./exit.ts";

/** Bytes of chance in a token. */
const TOKEN_BYTES = 32;

/**
 * `nash-llm token NAME`: a token for a client, and the lines of the settings that let it in. The token is printed this
 * once; the settings have its SHA-256 alone.
 * @throws {UsageError} for a name that settings do not take
 */
export function clientToken(name: string): string {
  if (!/^[a-z0-9-]+$/.test(name)) throw new UsageError("A client's name is of a-z, 0-9 and -.");
  // A prefix of its own, so that those who look for leaked tokens find it.
  const token = `nash-${randomBytes(TOKEN_BYTES).toString("hex")}`;
  return [
    "The client's token, shown this once. It goes into NASH_LLM_TOKEN, x-nash-llm-token, or the place of a key:",
    "",
    token,
    "",
    "For the file of --config, with the routes and <provider>/<model> patterns that it may ask for (* for all):",
    "",
    "[[client]]",
    `name = "${name}"`,
    `token-sha256 = "${tokenHash(token)}"`,
    'models = ["*"]',
    "",
  ].join("\n");
}
