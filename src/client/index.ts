/**
 * The client of a nash-llm server, for browsers, Node (from 20 on) and Bun. It has no dependencies.
 *
 *     const client = createClient();
 *     for await (const text of client.chat({ messages, model, api_key, api_base_url })) show(text);
 */
export type { EndReason, Usage } from "../core/event.ts";
export type { FailureType } from "../core/failure.ts";
export type { Message } from "../core/message.ts";
export type { Receipt } from "../core/receipt.ts";
export { Answer } from "./answer.ts";
export { type Client, type ClientOptions, createClient } from "./client.ts";
export { Conversation, type ConversationStart, type Settings } from "./conversation.ts";
export { type ErrorDetails, NashError } from "./error.ts";
export type { Fetch } from "./http.ts";
export type {
  Address,
  CallOptions,
  ChatRequest,
  LocalServer,
  ModelInfo,
  Question,
  ResponseFormatField,
  StreamEvent,
  SummarizeOptions,
  SummarizeRequest,
  SummaryResult,
  TokenCount,
  ToolCall,
  ToolChoiceField,
  ToolDefinition,
} from "./types.ts";
