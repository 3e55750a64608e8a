import type { Failure } from "../core/failure.ts";

/** The body ended before the provider had said that it is finished. */
export function cutShort(): Failure {
  return {
    type: "incomplete",
    message: "The answer was cut off: the provider closed the stream before finishing it.",
  };
}

/** A data frame that is neither empty nor JSON: what follows cannot be trusted. */
export function brokenFrame(): Failure {
  return { type: "bad_output", message: "The provider sent a data frame that is not JSON." };
}

/** An answer of a shape that the protocol does not know. */
export function notAnAnswer(): Failure {
  return { type: "bad_output", message: "The provider answered with JSON that is no answer to a chat." };
}
