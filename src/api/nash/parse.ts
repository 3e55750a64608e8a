import { invalidField } from "../../core/failure.ts";
import type { ChatRequest, Message, ResponseFormat, Sampling, Tool, ToolChoice } from "../../core/message.ts";
import { Secret } from "../../core/secret.ts";
import type { RoutedRequest } from "../../routing/targets-for.ts";
import type { ChatBody, ModelsBody, SummarizeBody, WireMessage } from "./schema.ts";

type Body = ChatBody | SummarizeBody;

/** A valid body as the request that it makes. @throws {ChatError} for what a schema cannot say */
export function parseChat(body: Body): ChatRequest {
  const options = "stream_options" in body ? body.stream_options : undefined;
  const includeUsage = options?.include_usage === true || options?.include_receipt === true;
  return {
    model: body.model,
    messages: parseMessages(body.messages),
    sampling: parseSampling(body),
    ...parseTools(body),
    ...(body.provider_options ? { providerOptions: body.provider_options } : {}),
    includeUsage,
  };
}

/** Where a valid body says that it goes. @throws {ChatError} for an address that is none */
export function parseAddress(
  body: Body | ModelsBody,
): Pick<RoutedRequest, "baseUrl" | "apiKey" | "protocol" | "hasTools"> {
  return {
    baseUrl: body.api_base_url ? parseBaseUrl(body.api_base_url) : undefined,
    apiKey: body.api_key ? new Secret(body.api_key) : undefined,
    protocol: body.provider ?? undefined,
    hasTools: "messages" in body && carriesTools(body) && body.reasoning_effort !== "none",
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

/** Whether the request has tools, in fields of its own or in the provider's options. */
export function carriesTools(body: Body): boolean {
  const options = body.provider_options ?? {};
  return [body.tools, options["tools"], options["functions"]].some(
    (tools) => Array.isArray(tools) && tools.length > 0,
  );
}

function parseTools(
  body: Body,
): Pick<ChatRequest, "tools" | "toolChoice" | "parallelToolCalls" | "responseFormat"> {
  const { tools, tool_choice: choice, parallel_tool_calls: parallel, response_format: format } = body;
  const toolChoice = choice ? parseToolChoice(choice) : undefined;
  const responseFormat = format ? parseResponseFormat(format) : undefined;
  return {
    ...(tools?.length ? { tools: tools.map(parseTool) } : {}),
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(parallel === undefined || parallel === null ? {} : { parallelToolCalls: parallel }),
    ...(responseFormat === undefined ? {} : { responseFormat }),
  };
}

function parseTool({ function: tool }: NonNullable<Body["tools"]>[number]): Tool {
  const { name, description, parameters, strict } = tool;
  return {
    name,
    ...(description ? { description } : {}),
    ...(parameters ? { parameters } : {}),
    ...(typeof strict === "boolean" ? { strict } : {}),
  };
}

function parseToolChoice(choice: NonNullable<Body["tool_choice"]>): ToolChoice {
  if (typeof choice === "string") return { mode: choice };
  if (choice.type === "function") return { mode: "required", names: [choice.function.name] };
  const { mode, tools } = choice.allowed_tools;
  return { mode, names: tools.map((tool) => tool.function.name) };
}

function parseResponseFormat(format: NonNullable<Body["response_format"]>): ResponseFormat | undefined {
  if (format.type === "text") return undefined;
  if (format.type === "json_object") return { type: "json_object" };
  const { name, description, schema, strict } = format.json_schema;
  return {
    type: "json_schema",
    name,
    schema: schema ?? {},
    ...(description ? { description } : {}),
    ...(typeof strict === "boolean" ? { strict } : {}),
  };
}
