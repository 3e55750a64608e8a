import { readFileSync } from "node:fs";
import { Secret } from "../../core/secret.ts";
import { EXIT, UsageError } from "../exit.ts";

/**
 * The key in a file: its first line.
 * @throws {UsageError} with exit code 3 where there is none
 */
export function readKeyFile(path: string): Secret {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${error.code})` : "";
    throw new UsageError(`--api-key-file: ${path} cannot be read${code}.`, EXIT.noProvider);
  }
  return keyIn(text, path);
}

/**
 * The key that somebody gave.
 * @param from where it came from, for the message
 * @throws {UsageError} with exit code 3 where it is none
 */
export function keyIn(text: string, from: string): Secret {
  const key = (text.split("\n")[0] ?? "").trim();
  if (!/^[\x21-\x7e]+$/.test(key))
    throw new UsageError(
      `${from} holds no key: one line of printable ASCII without spaces.`,
      EXIT.noProvider,
    );
  return new Secret(key);
}
