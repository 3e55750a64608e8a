/** The vendors' own SDKs as clients of three dialects, with one way to ask and one form of answer. */

import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";

export interface Call {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/** What an answer amounts to, whoever read it. */
export interface Heard {
  readonly text: string;
  readonly calls: readonly Call[];
  readonly finish: "stop" | "length" | "tool" | "filter";
  /** Tokens of the whole prompt and the whole answer. */
  readonly tokens: readonly [input: number, output: number];
}

export interface DialectClient {
  /** The first turn. @param tools offer a tool; `forced`: it must be called */
  ask(model: string, streamed: boolean, tools?: "offered" | "forced"): Promise<Heard>;
  /** A further turn: what came last is stored and sent back as it is, with results for its calls. */
  goOn(model: string, streamed: boolean): Promise<Heard>;
  /** Without any reading: the status and the headers. */
  readonly name: string;
}

const QUESTION = "What is the weather in Paris?";
const RESULT = "Sunny, 21 degrees.";
const TOOL = {
  name: "get_weather",
  description: "The weather in a city.",
  schema: { type: "object" as const, properties: { city: { type: "string" } }, required: ["city"] },
};

function chatClient(baseURL: string, key = "k"): DialectClient {
  const openai = new OpenAI({ baseURL: `${baseURL}/v1`, apiKey: key, maxRetries: 0 });
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: QUESTION }];
  const { name, description, schema: parameters } = TOOL;
  const tools = [{ type: "function" as const, function: { name, description, parameters } }];
  const read = async (model: string, streamed: boolean, more: object): Promise<Heard> => {
    const body = { model, messages, ...more };
    const answer = streamed
      ? await openai.chat.completions
          .stream({ ...body, stream_options: { include_usage: true } })
          .finalChatCompletion()
      : await openai.chat.completions.create(body);
    const choice = answer.choices[0];
    if (choice === undefined) throw new Error("no choice");
    // The helper adds what it has parsed, which no provider takes.
    const { content, refusal, tool_calls } = choice.message;
    messages.push({
      role: "assistant",
      content,
      ...(refusal ? { refusal } : {}),
      ...(tool_calls?.length ? { tool_calls: tool_calls.map((call) => withoutParsed(call)) } : {}),
    });
    const calls = (choice.message.tool_calls ?? []).flatMap((call) =>
      call.type === "function"
        ? { id: call.id, name: call.function.name, input: argumentsOf(call.function.arguments) }
        : [],
    );
    for (const { id } of calls) messages.push({ role: "tool", tool_call_id: id, content: RESULT });
    if (calls.length === 0) messages.push({ role: "user", content: "And tomorrow?" });
    const finishes = {
      stop: "stop",
      length: "length",
      tool_calls: "tool",
      function_call: "tool",
      content_filter: "filter",
    } as const;
    return {
      text: choice.message.content ?? "",
      calls,
      finish: finishes[choice.finish_reason],
      tokens: [answer.usage?.prompt_tokens ?? 0, answer.usage?.completion_tokens ?? 0],
    };
  };
  return {
    name: "chat",
    ask: (model, streamed, offer) =>
      read(model, streamed, {
        ...(offer && { tools }),
        ...(offer === "forced" && { tool_choice: { type: "function", function: { name } } }),
      }),
    goOn: (model, streamed) => read(model, streamed, { tools }),
  };
}

/** What OpenAI's helpers add to what came, taken out again. */
function withoutParsed<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (key, inner) => (key.startsWith("parsed") ? undefined : inner)));
}

/** Providers write no arguments as nothing, or as an empty object. */
function argumentsOf(text: string): unknown {
  return text === "" ? {} : JSON.parse(text);
}

function messagesClient(baseURL: string, apiKey = "k"): DialectClient {
  const anthropic = new Anthropic({ baseURL, apiKey, maxRetries: 0 });
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: QUESTION }];
  const { name, description, schema: input_schema } = TOOL;
  const tools = [{ name, description, input_schema }];
  const read = async (model: string, streamed: boolean, more: object): Promise<Heard> => {
    const body = { model, messages, max_tokens: 1_000, ...more };
    const answer = streamed
      ? await anthropic.messages.stream(body).finalMessage()
      : await anthropic.messages.create(body);
    messages.push({ role: "assistant", content: answer.content });
    const calls = answer.content.flatMap((block) => (block.type === "tool_use" ? block : []));
    messages.push({
      role: "user",
      content:
        calls.length === 0
          ? "And tomorrow?"
          : calls.map(({ id }) => ({ type: "tool_result" as const, tool_use_id: id, content: RESULT })),
    });
    const { usage, stop_reason } = answer;
    const finishes: Readonly<Record<string, Heard["finish"]>> = {
      max_tokens: "length",
      tool_use: "tool",
      refusal: "filter",
    };
    const cached = (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0);
    return {
      text: answer.content.map((block) => (block.type === "text" ? block.text : "")).join(""),
      calls: calls.map(({ id, name: called, input }) => ({ id, name: called, input })),
      finish: finishes[stop_reason ?? ""] ?? "stop",
      tokens: [usage.input_tokens + cached, usage.output_tokens],
    };
  };
  return {
    name: "messages",
    ask: (model, streamed, offer) =>
      read(model, streamed, {
        ...(offer && { tools }),
        ...(offer === "forced" && { tool_choice: { type: "tool", name } }),
      }),
    goOn: (model, streamed) => read(model, streamed, { tools }),
  };
}

function responsesClient(baseURL: string, apiKey = "k"): DialectClient {
  const openai = new OpenAI({ baseURL: `${baseURL}/v1`, apiKey, maxRetries: 0 });
  const input: OpenAI.Responses.ResponseInputItem[] = [{ role: "user", content: QUESTION }];
  const { name, description, schema: parameters } = TOOL;
  const tools = [{ type: "function" as const, name, description, parameters, strict: false }];
  const read = async (model: string, streamed: boolean, more: object): Promise<Heard> => {
    const body = { model, input, store: false, include: ["reasoning.encrypted_content" as const], ...more };
    const answer = streamed
      ? await openai.responses.stream(body).finalResponse()
      : await openai.responses.create(body);
    input.push(...(withoutParsed(answer.output) as OpenAI.Responses.ResponseInputItem[]));
    const calls = answer.output.flatMap((item) => (item.type === "function_call" ? item : []));
    for (const { call_id } of calls) input.push({ type: "function_call_output", call_id, output: RESULT });
    if (calls.length === 0) input.push({ role: "user", content: "And tomorrow?" });
    const reason = answer.incomplete_details?.reason;
    return {
      text: answer.output_text,
      calls: calls.map((call) => ({
        id: call.call_id,
        name: call.name,
        input: argumentsOf(call.arguments),
      })),
      finish:
        reason === "max_output_tokens"
          ? "length"
          : reason === "content_filter"
            ? "filter"
            : calls.length > 0
              ? "tool"
              : "stop",
      tokens: [answer.usage?.input_tokens ?? 0, answer.usage?.output_tokens ?? 0],
    };
  };
  return {
    name: "responses",
    ask: (model, streamed, offer) =>
      read(model, streamed, {
        ...(offer && { tools }),
        ...(offer === "forced" && { tool_choice: { type: "function", name } }),
      }),
    goOn: (model, streamed) => read(model, streamed, { tools }),
  };
}

export const CLIENTS = { chat: chatClient, messages: messagesClient, responses: responsesClient } as const;
