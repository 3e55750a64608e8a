import type { NashError } from "../../client/error.ts";
import type { FailureType } from "../../core/failure.ts";
import type { ShownFailure } from "./conversation.ts";

/** What can be done about a failure with one click, besides trying again. */
export type Remedy = "connect" | "summarize";

export interface Words {
  /** What happened. */
  readonly title: string;
  /** What to do next. */
  readonly advice: string;
  readonly remedy?: Remedy;
}

const WORDS: Readonly<Record<FailureType, Words>> = {
  authentication: {
    title: "The provider refused the key.",
    advice: "A key belongs to one provider, and may have been withdrawn. Enter another.",
    remedy: "connect",
  },
  unauthorized: {
    title: "This server wants its token.",
    advice: "Try again and enter it: it is the one that the server was started with.",
  },
  permission: {
    title: "The provider does not allow this key to do that.",
    advice: "Another model may work, or another key of the same account.",
    remedy: "connect",
  },
  quota: {
    title: "The account at the provider is used up.",
    advice: "Add credit there or raise its limit. Another provider works meanwhile.",
    remedy: "connect",
  },
  rate_limit: {
    title: "The provider asks for a pause.",
    advice: "Too much was asked of it in a short time. Wait, then try again.",
  },
  context_overflow: {
    title: "The conversation is longer than the model can read.",
    advice: "Summarize it and go on, or choose a model with a larger window.",
    remedy: "summarize",
  },
  not_found: {
    title: "The provider does not know this model or address.",
    advice: "Choose another model from its list.",
    remedy: "connect",
  },
  invalid_request: {
    title: "The request was not accepted.",
    advice: "What follows says why. Often it is the model's name or the base URL.",
    remedy: "connect",
  },
  content_filter: {
    title: "The provider's content filter stopped this.",
    advice: "Put the question in other words.",
  },
  too_large: {
    title: "The request is too large.",
    advice: "Summarize the conversation, or send less at once.",
    remedy: "summarize",
  },
  forbidden: {
    title: "This server does not go to that address.",
    advice: "What follows names the rule, and the setting that could change it.",
    remedy: "connect",
  },
  network: {
    title: "Nobody answers at the provider's address.",
    advice: "Is the address right, is the server there running, is the network up?",
    remedy: "connect",
  },
  timeout: { title: "No answer came in time.", advice: "The provider may be busy. Try again." },
  overloaded: { title: "Too busy to answer just now.", advice: "Try again in a moment." },
  upstream: { title: "The provider failed.", advice: "The fault is on its side. Try again in a moment." },
  incomplete: {
    title: "The answer broke off before its end.",
    advice: "What came has been kept. Try again for a whole answer.",
  },
  bad_output: {
    title: "The answer was not what it should be.",
    advice: "Something else may be listening at that address, or the model gave nothing usable.",
    remedy: "connect",
  },
  method_not_allowed: {
    title: "The server did not understand this page.",
    advice: "Reload the page: the server may be newer.",
  },
  unsupported_media_type: {
    title: "The server did not understand this page.",
    advice: "Reload the page: the server may be newer.",
  },
  internal: { title: "The server failed.", advice: "Its log has the reason. Try again." },
};

const UNREACHABLE: Words = {
  title: "nash-llm does not answer.",
  advice: "Is it still running? Start it again, then try again.",
};

/** A failure in plain words: what happened and what to do next. */
export function wordsFor(failure: ShownFailure): Words {
  if (failure.ours === true && failure.type === "network") return UNREACHABLE;
  return WORDS[failure.type];
}

/** What of an error is shown and kept. */
export function shownFailure(error: NashError): ShownFailure {
  return {
    type: error.type in WORDS ? error.type : "internal",
    message: error.message,
    ...(error.param === undefined ? {} : { param: error.param }),
    ...(error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter }),
    // A failure of the provider, or of the way to it, has a status or came as a line of a stream.
    ...(error.type === "network" && error.requestId === undefined ? { ours: true } : {}),
  };
}
