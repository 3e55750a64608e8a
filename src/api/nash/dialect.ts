import type { Failure } from "../../core/failure.ts";
import { statusOf } from "../../core/failure.ts";
import type { Dialect, ErrorContext, ErrorReply } from "../dialect.ts";
import { errorObject, NashEncoder } from "./encoder.ts";
import { carriesTools, parseChat } from "./parse.ts";
import { ChatBody } from "./schema.ts";

/** Our own protocol (docs/protocol.md 1 to 4). It only streams, and no provider speaks it. */
export const nashDialect: Dialect<ChatBody> = {
  name: "nash",
  schema: ChatBody,
  parse: parseChat,
  encoder({ id, body, session, receipt }) {
    const wanted = {
      usage: body.stream_options?.include_usage ?? false,
      reasoning: body.stream_options?.include_reasoning ?? false,
      toolCalls: carriesTools(body),
      receipt: body.stream_options?.include_receipt ?? false,
    };
    return new NashEncoder(session, wanted, id, receipt);
  },
  whole() {
    throw new Error("our own protocol has no whole answers");
  },
  error: nashError,
};

/** A failure before the answer began: a real status and a JSON body (docs/protocol.md 2). */
function nashError(failure: Failure, { session }: ErrorContext): ErrorReply {
  return {
    status: statusOf(failure),
    body: { error: errorObject(failure), ...(session === undefined ? {} : { session_id: session.id }) },
    headers: failure.retryAfter === undefined ? {} : { "retry-after": String(Math.ceil(failure.retryAfter)) },
  };
}
