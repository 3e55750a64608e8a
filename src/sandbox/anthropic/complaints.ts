import { type Complaint, Refused } from "../fault.ts";

/** An `invalid_request_error` in Anthropic's words; 400 unless said otherwise (wire.md 2.6). */
export function complaint(message: string, status = 400, type = "invalid_request_error"): Complaint {
  return { status, type, message };
}

/** @throws {Refused} Always. */
export function refuse(message: string): never {
  throw new Refused(complaint(message));
}

export function errorBody({ type, message, details }: Complaint, requestId: string): unknown {
  return {
    type: "error",
    error: { type, message, ...(details === undefined ? {} : { details }) },
    request_id: requestId,
  };
}

export const complaints = {
  noSuchPath: () => complaint("Not Found", 404, "not_found_error"),
  wrongMethod: () => complaint("Method Not Allowed", 405),
  noSuchModel: (model: string) => complaint(`model: ${model}`, 404, "not_found_error"),
  /** The real one says only "invalid x-api-key". This one shows the key, for those who test that it is cut out. */
  refusedKey: (key: string) => complaint(`Incorrect API key provided: ${key}`, 401, "authentication_error"),
  noKey: complaint("x-api-key header is required", 401, "authentication_error"),
  // What the real one does with both is not known (wire.md 8): whoever sends both should hear of it.
  twoKeys: complaint("x-api-key and Authorization cannot both be sent", 401, "authentication_error"),
  filtered: complaint("Output blocked by content filtering policy"),
};
