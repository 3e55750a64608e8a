import { NashError } from "../../client/index.ts";
import type { FailureType } from "../../core/failure.ts";
import { EXIT } from "../exit.ts";
import { endingOf, type Outcome } from "./output/answer-view.ts";

/** What each failure means to the shell, where no text had come. */
const CODES: Readonly<Record<FailureType, number>> = {
  invalid_request: EXIT.usage,
  forbidden: EXIT.usage,
  not_found: EXIT.usage,
  method_not_allowed: EXIT.usage,
  unsupported_media_type: EXIT.usage,
  too_large: EXIT.usage,
  content_filter: EXIT.usage,
  context_overflow: EXIT.usage,
  unauthorized: EXIT.keyRefused,
  authentication: EXIT.keyRefused,
  permission: EXIT.keyRefused,
  quota: EXIT.limited,
  rate_limit: EXIT.limited,
  upstream: EXIT.unreachable,
  network: EXIT.unreachable,
  overloaded: EXIT.unreachable,
  timeout: EXIT.unreachable,
  bad_output: EXIT.unreachable,
  incomplete: EXIT.broken,
  internal: EXIT.failed,
};

/** The exit code for a failure: once text has come, whatever happens has broken the stream. */
export function exitCodeFor(error: unknown): number {
  if (!(error instanceof NashError)) return EXIT.failed;
  return error.text === "" ? (CODES[error.type] ?? EXIT.failed) : EXIT.broken;
}

/** The exit code for an answer: one that ended at a limit, a filter, a tool or with nothing is not whole either. */
export function exitCodeOf(outcome: Omit<Outcome, "saved">): number {
  if (outcome.stopped) return EXIT.interrupted;
  if (outcome.error !== undefined) return exitCodeFor(outcome.error);
  return endingOf(outcome) === undefined ? EXIT.done : EXIT.broken;
}
