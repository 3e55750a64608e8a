import { type ProviderError, RequestRejected } from "../provider-error.ts";

const KEYS_PAGE = "https://platform.openai.com/account/api-keys";

interface Details {
  readonly status?: number;
  readonly code?: string;
  readonly param?: string;
}

/** An error in OpenAI's words; 400 unless said otherwise (docs/providers.md 1.3). */
function providerError(message: string, { status = 400, ...details }: Details = {}): ProviderError {
  return { status, type: "invalid_request_error", message, ...details };
}

/** @throws {RequestRejected} Always. */
export function refuse(message: string, details?: Details): never {
  throw new RequestRejected(providerError(message, details));
}

/** The `error` object and its wrapping. */
export function errorBody({ message, type, param, code }: ProviderError): unknown {
  return { error: { message, type, param: param ?? null, code: code ?? null } };
}

export const errors = {
  noSuchPath: (method: string, path: string) =>
    providerError(`Invalid URL (${method} ${path})`, { status: 404 }),
  wrongMethod: (method: string, path: string) =>
    providerError(
      `Not allowed to ${method} on ${path}. (HINT: Perhaps you meant to use a different HTTP method?)`,
      {
        status: 405,
      },
    ),
  noSuchModel: (model: string) =>
    providerError(`The model \`${model}\` does not exist or you do not have access to it.`, {
      status: 404,
      code: "model_not_found",
    }),
  /** The real one shows only the ends of the key. This one shows it all, for those who test that it is cut out. */
  refusedKey: (key: string) =>
    providerError(`Incorrect API key provided: ${key}. You can find your API key at ${KEYS_PAGE}.`, {
      status: 401,
      code: "invalid_api_key",
    }),
  noKey: providerError(
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth " +
      `(i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key from ${KEYS_PAGE}.`,
    { status: 401 },
  ),
  notJson: providerError(
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library " +
      "correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
  ),
  wrongType: (type: string) =>
    providerError(
      `Invalid Content-Type header (${type}), expected application/json. (HINT: If you're using curl, you ` +
        "can pass -H 'Content-Type: application/json')",
    ),
};
