import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";

/** What a client holds once a stream has ended and nothing was raised. */
export interface Held {
  readonly text: string;
  /** The finish or stop reason, or the state of the response; undefined where none came. */
  readonly reason: string | undefined;
  /** The arguments of its tool calls, as text. */
  readonly calls: readonly string[];
}

export interface Question {
  readonly baseUrl: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly model: string;
}

/** One way in which a vendor's SDK reads a stream. It raises where the SDK does. */
export type Judge = (question: Question) => Promise<Held>;

const PROMPT = "What is the weather in Paris?";
const parameters = { type: "object" as const, properties: { city: { type: "string" } }, required: ["city"] };
const MESSAGES = [{ role: "user" as const, content: PROMPT }];

const openai = ({ baseUrl, key, headers }: Question) =>
  new OpenAI({
    baseURL: `${baseUrl}/v1`,
    apiKey: key,
    defaultHeaders: headers,
    logLevel: "off",
    maxRetries: 0,
  });

const chatBody = (model: string) => ({
  model,
  // Anthropic wants one, and not every gateway sets it.
  max_tokens: 1_000,
  messages: MESSAGES,
  tools: [{ type: "function" as const, function: { name: "get_weather", parameters } }],
});

const chatStream: Judge = async (question) => {
  const stream = await openai(question).chat.completions.create({
    ...chatBody(question.model),
    stream: true,
  });
  let text = "";
  let reason: string | undefined;
  const calls: string[] = [];
  for await (const { choices } of stream) {
    const [choice] = choices;
    text += choice?.delta?.content ?? "";
    reason = choice?.finish_reason ?? reason;
    for (const { index, function: part } of choice?.delta?.tool_calls ?? [])
      calls[index] = (calls[index] ?? "") + (part?.arguments ?? "");
  }
  return { text, reason, calls };
};

const chatHelper: Judge = async (question) => {
  const answer = await openai(question)
    .chat.completions.stream(chatBody(question.model))
    .finalChatCompletion();
  const choice = answer.choices[0];
  return {
    text: choice?.message.content ?? "",
    reason: choice?.finish_reason,
    calls: (choice?.message.tool_calls ?? []).flatMap((call) =>
      call.type === "function" ? [call.function.arguments] : [],
    ),
  };
};

const anthropic = ({ baseUrl, key, headers }: Question) =>
  new Anthropic({ baseURL: baseUrl, apiKey: key, defaultHeaders: headers, logLevel: "off", maxRetries: 0 });

const messagesBody = (model: string) => ({
  model,
  max_tokens: 1_000,
  messages: MESSAGES,
  tools: [{ name: "get_weather", input_schema: parameters }],
});

const messagesStream: Judge = async (question) => {
  const stream = await anthropic(question).messages.create({
    ...messagesBody(question.model),
    stream: true,
  });
  let text = "";
  let reason: string | undefined;
  const calls: string[] = [];
  for await (const event of stream) {
    if (event.type === "content_block_start" && event.content_block.type === "tool_use")
      calls[event.index] = "";
    if (event.type === "message_delta") reason = event.delta.stop_reason ?? reason;
    if (event.type !== "content_block_delta") continue;
    if (event.delta.type === "text_delta") text += event.delta.text;
    if (event.delta.type === "input_json_delta")
      calls[event.index] = (calls[event.index] ?? "") + event.delta.partial_json;
  }
  return { text, reason, calls: calls.filter((call) => call !== undefined) };
};

const messagesHelper: Judge = async (question) => {
  const { content, stop_reason } = await anthropic(question)
    .messages.stream(messagesBody(question.model))
    .finalMessage();
  return {
    text: content.map((block) => (block.type === "text" ? block.text : "")).join(""),
    reason: stop_reason ?? undefined,
    calls: content.flatMap((block) => (block.type === "tool_use" ? [JSON.stringify(block.input)] : [])),
  };
};

const responsesBody = (model: string) => ({
  model,
  input: PROMPT,
  store: false,
  tools: [{ type: "function" as const, name: "get_weather", parameters, strict: false }],
});

const OVER: Readonly<Record<string, string>> = {
  "response.completed": "completed",
  "response.incomplete": "incomplete",
  "response.failed": "failed",
};

const responsesStream: Judge = async (question) => {
  const stream = await openai(question).responses.create({ ...responsesBody(question.model), stream: true });
  let text = "";
  let reason: string | undefined;
  const calls: Record<string, string> = {};
  for await (const event of stream) {
    reason = OVER[event.type] ?? reason;
    if (event.type === "response.output_text.delta") text += event.delta;
    if (event.type === "response.function_call_arguments.delta")
      calls[event.item_id] = (calls[event.item_id] ?? "") + event.delta;
  }
  // Which is how Responses tells: the SDK hands the event on.
  if (reason === "failed") throw new Error("response.failed");
  return { text, reason, calls: Object.values(calls) };
};

const responsesHelper: Judge = async (question) => {
  const answer = await openai(question).responses.stream(responsesBody(question.model)).finalResponse();
  if (answer.status === "failed") throw new Error("response.failed");
  return {
    text: answer.output_text,
    reason: OVER[`response.${answer.status}`],
    calls: answer.output.flatMap((item) => (item.type === "function_call" ? [item.arguments] : [])),
  };
};

/** What a client speaks, as its SDK reads it: event by event, and by the helper that puts the answer together. */
export const JUDGES = {
  chat: [chatStream, chatHelper],
  messages: [messagesStream, messagesHelper],
  responses: [responsesStream, responsesHelper],
} as const satisfies Readonly<Record<string, readonly [Judge, Judge]>>;

export type DialectName = keyof typeof JUDGES;
