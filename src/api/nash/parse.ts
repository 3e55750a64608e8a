import type { Caller } from "../../chat/ask.ts";
import { invalidField } from "../../core/failure.ts";
import type { ChatRequest, Message, Sampling } from "../../core/message.ts";
import { Secret } from "../../core/secret.ts";
import type { Session } from "../../core/session.ts";
import type { ChatBody, ModelsBody, SummarizeBody, WireMessage } from "./schema.ts";

type Body = ChatBody | SummarizeBody;

/** A valid body as the request that it makes. @throws {ChatError} for what a schema cannot say */
export function parseChat(body: Body): ChatRequest {
  const includeUsage = "stream_options" in body ? (body.stream_options?.include_usage ?? false) : false;
  return {
    model: body.model,
    messages: parseMessages(body.messages),
    sampling: parseSampling(body),
    ...(body.provider_options ? { providerOptions: body.provider_options } : {}),
    includeUsage,
  };
}

/** Who asks. @throws {ChatError} for an address that is none */
export function parseCaller(body: Body | ModelsBody, session: Session): Caller {
  return {
    baseUrl: parseBaseUrl(body.api_base_url),
    apiKey: new Secret(body.api_key),
    session,
    ...(body.provider ? { protocol: body.provider } : {}),
  };
}

/** Only whether `URL` can read it is judged here; where it may go is judged when it is asked. */
function parseBaseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null)
    throw invalidField("api_base_url", "This is not an address such as https://api.openai.com/v1.");
  return url;
}

/** @throws {ChatError} where fields do not go together */
export function parseMessages(messages: readonly WireMessage[]): Message[] {
  return messages.map((message, i) => parseMessage(message, `messages[${i}]`));
}

function parseMessage(message: WireMessage, at: string): Message {
  const { role, content = null, name, tool_call_id: answers } = message;
  const calls = message.tool_calls?.length ? message.tool_calls : undefined;
  if (calls !== undefined && role !== "assistant") {
    throw invalidField(`${at}.tool_calls`, "Only messages of the assistant have tool calls.");
  }
  if (content === null && calls === undefined) {
    throw invalidField(`${at}.content`, "Content may be null only beside tool_calls.");
  }
  if (role === "tool" && !answers) {
    throw invalidField(
      `${at}.tool_call_id`,
      "A message of the role tool must name the call that it answers.",
    );
  }
  return {
    role,
    content,
    ...(name ? { name } : {}),
    ...(calls === undefined ? {} : { tool_calls: calls }),
    ...(answers ? { tool_call_id: answers } : {}),
  };
}

const SAMPLING = ["temperature", "top_p", "max_tokens", "stop", "seed", "reasoning_effort"] as const;

function parseSampling(body: Body): Sampling {
  const given = SAMPLING.filter((field) => body[field] !== undefined && body[field] !== null);
  return Object.fromEntries(given.map((field) => [field, body[field]]));
}
