import { ChatError } from "../core/failure.ts";
import { Secret } from "../core/secret.ts";

/** What a client speaks: decides which key counts where two are sent. */
export type CallerDialect = "nash" | "openai-chat" | "openai-responses" | "anthropic";

/** The key that a caller sent for the provider. */
export interface CallerKey {
  readonly key: Secret | undefined;
  /** This server's token stood where a key stands. */
  readonly tokenInPlace: boolean;
}

/** The value of `authorization: Bearer …`: all that follows, spaces too, since SDKs take such keys. */
export function bearerOf(headers: Headers): string | undefined {
  return /^bearer\s+(.*\S)\s*$/is.exec(headers.get("authorization") ?? "")?.[1];
}

/**
 * The key out of a request: the body's `api_key`, else the Bearer value or `x-api-key`; where both are there and differ,
 * the dialect's own. A token of this server is never one.
 * @param isToken whether a value is a token of this server, or of one of its clients
 * @throws {ChatError} for a key that no header can carry
 */
export function callerKey(
  { dialect, headers, apiKey }: { dialect: CallerDialect; headers: Headers; apiKey?: Secret | undefined },
  isToken: (value: string) => boolean,
): CallerKey {
  const inHeaders = [bearerOf(headers), headers.get("x-api-key")?.trim()];
  const sent = [apiKey?.reveal(), ...(dialect === "anthropic" ? inHeaders.reverse() : inHeaders)];
  const given = sent.filter((value): value is string => value !== undefined && value !== "");
  const keys = given.filter((value) => !isToken(value));
  const [key] = keys;
  if (key === undefined) return { key: undefined, tokenInPlace: given.length > 0 };
  if (!/^[\x20-\x7e]+$/.test(key)) {
    throw new ChatError({
      type: "invalid_request",
      status: 400,
      message: "The key must be printable ASCII.",
      ...(apiKey === undefined ? {} : { param: "api_key" }),
    });
  }
  return { key: new Secret(key), tokenInPlace: keys.length < given.length };
}
