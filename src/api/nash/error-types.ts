import type { FailureType } from "../../core/failure.ts";

/** What a type of error means, for the reference. */
export interface ErrorMeaning {
  /** The statuses that it can come with before a stream has begun. */
  readonly statuses: readonly number[];
  readonly meaning: string;
}

/** Every type of error there is (docs/protocol.md 2). */
export const ERROR_TYPES: Readonly<Record<FailureType, ErrorMeaning>> = {
  invalid_request: {
    statuses: [400, 422],
    meaning:
      "Broken JSON is 400, a field that is wrong 422 with `param`, its path. The provider's refusal of a request keeps the provider's status.",
  },
  unauthorized: {
    statuses: [401],
    meaning: "This server wants its token, as `authorization: Bearer …` or `x-nash-llm-token: …`.",
  },
  authentication: {
    statuses: [401],
    meaning: "The provider refuses the key, whatever status it chose for that.",
  },
  quota: { statuses: [402, 429], meaning: "The account at the provider is empty or used up." },
  forbidden: {
    statuses: [403, 421],
    meaning:
      "A page that may not ask, or an address that may not be reached: 403. A Host that is not this server: 421.",
  },
  permission: { statuses: [403], meaning: "The provider does not let this key do that." },
  not_found: { statuses: [404], meaning: "No such path here, or no such model or path at the provider." },
  method_not_allowed: {
    statuses: [405],
    meaning: "The path is there, but takes another method. `allow` names it.",
  },
  too_large: {
    statuses: [413],
    meaning: "The body is larger than this server, or the provider, takes.",
  },
  unsupported_media_type: {
    statuses: [415],
    meaning: "The paths under `/v1` take `content-type: application/json` alone.",
  },
  context_overflow: {
    statuses: [400],
    meaning: "The prompt is longer than the model's window, whatever the provider calls that.",
  },
  content_filter: { statuses: [400], meaning: "The provider's content filter refused the prompt." },
  rate_limit: { statuses: [429], meaning: "The provider asks for a pause; `retry_after` says how long." },
  internal: { statuses: [500], meaning: "A fault of this server. Its log has the request's id." },
  upstream: { statuses: [502], meaning: "The provider failed, or answered with a redirect." },
  network: {
    statuses: [502],
    meaning: "Nobody answers at the provider's address, or its certificate is wrong.",
  },
  bad_output: {
    statuses: [502],
    meaning: "The provider's answer is not what it should be; an empty or cut summary too.",
  },
  incomplete: {
    statuses: [502],
    meaning:
      "The answer stopped before the provider had said that it is finished. The text that came is exact.",
  },
  overloaded: {
    statuses: [503],
    meaning: "The provider is too busy, or this server is full or stopping.",
  },
  timeout: {
    statuses: [504, 408],
    meaning: "No answer came in time. Where the request's own body was too slow: 408.",
  },
};
