import { type ProviderError, RequestRejected } from "../provider-error.ts";

/** An `invalid_request_error` in Anthropic's words; 400 unless said otherwise (docs/providers.md 2.6). */
export function providerError(message: string, status = 400, type = "invalid_request_error"): ProviderError {
  return { status, type, message };
}

/** @throws {RequestRejected} Always. */
export function refuse(message: string): never {
  throw new RequestRejected(providerError(message));
}

export function errorBody({ type, message, details }: ProviderError, requestId: string): unknown {
  return {
    type: "error",
    error: { type, message, ...(details === undefined ? {} : { details }) },
    request_id: requestId,
  };
}

export const errors = {
  noSuchPath: () => providerError("Not Found", 404, "not_found_error"),
  wrongMethod: () => providerError("Method Not Allowed", 405),
  noSuchModel: (model: string) => providerError(`model: ${model}`, 404, "not_found_error"),
  /** The real one says only "invalid x-api-key". This one shows the key, for those who test that it is cut out. */
  refusedKey: (key: string) =>
    providerError(`Incorrect API key provided: ${key}`, 401, "authentication_error"),
  noKey: providerError("x-api-key header is required", 401, "authentication_error"),
  // What the real one does with both is not known (docs/providers.md 8): whoever sends both should hear of it.
  twoKeys: providerError("x-api-key and Authorization cannot both be sent", 401, "authentication_error"),
  filtered: providerError("Output blocked by content filtering policy"),
};
