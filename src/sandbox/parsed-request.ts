import type { JsonObject } from "../core/json.ts";
import type { ProtocolName } from "../core/translation.ts";

export interface Turn {
  readonly role: "user" | "assistant";
  readonly text: string;
}

export interface OfferedTool {
  readonly name: string;
  /** `custom` takes free text in place of JSON arguments. */
  readonly kind: "function" | "custom";
  /** The JSON schema of its arguments, where there is one. */
  readonly parameters?: JsonObject | undefined;
  /** OpenAI Responses: the namespace that the tool stands in. */
  readonly namespace?: string;
}

export interface ToolPolicy {
  readonly mode: "auto" | "none" | "required";
  /** Only these may be called; undefined for all. */
  readonly names?: readonly string[];
  /** Whether one answer may hold several calls. */
  readonly parallel: boolean;
}

export type AnswerFormat =
  | { readonly type: "text" | "json_object" }
  | { readonly type: "json_schema"; readonly schema: JsonObject };

/** What the rules of a protocol find out about a request, in no protocol's words. */
export interface ParsedRequest {
  /** As the client wrote it. */
  readonly model: string;
  readonly stream: boolean;
  readonly system: string;
  readonly turns: readonly Turn[];
  /** The text of the user's last message. */
  readonly text: string;
  /** The text of a last message that is the assistant's, to be gone on with; empty where there is none. */
  readonly prefill: string;
  /** About a token for every four characters. */
  readonly inputTokens: number;
  /** The most tokens to answer with. */
  readonly limit: number | undefined;
  readonly stop: readonly string[];
  /** Built-in tools of a provider are not among them. */
  readonly tools: readonly OfferedTool[];
  readonly toolPolicy: ToolPolicy;
  readonly format: AnswerFormat;
  /** The client asked for reasoning (true) or against it (false). */
  readonly reasoning: boolean | undefined;
  /** The conversation ends with the result of a tool call. */
  readonly afterTool: boolean;
  /** The conversation is to be compacted (OpenAI Responses' `compaction_trigger`). */
  readonly compact: boolean;
  /** OpenAI's `stream_options`: a chunk with the usage, and padding on every chunk. */
  readonly includeUsage: boolean;
  readonly obfuscate: boolean;
  readonly logprobs: boolean;
  /** OpenAI Responses: reasoning items are to carry their `encrypted_content`. */
  readonly includeEncrypted: boolean;
  /** How many messages were merged into their neighbour of the same role; Anthropic's API does so in silence. */
  readonly merged: number;
  /** The request's body: OpenAI Responses repeats much of it in its answers. */
  readonly body: JsonObject;
}

/** What is said in a request. */
export type ConversationText = Pick<ParsedRequest, "system" | "turns" | "text">;

/** What a script may know: the request, and what the server adds. */
export interface ScriptContext extends ParsedRequest {
  readonly protocol: ProtocolName;
  /** What followed the scenario's name in the model's: `demo-numbered-30000` has `["30000"]`. */
  readonly options: readonly string[];
  readonly key: string;
  /**
   * True the first time this key asks for this model, false the second time, and so on. What was asked more than
   * so many seconds ago is forgotten.
   */
  firstOfTwo(withinSeconds: number): boolean;
}

/** A request for nothing but an answer in text: what the rules of a protocol start from. */
export const PLAIN_REQUEST = {
  prefill: "",
  stop: [],
  tools: [],
  toolPolicy: { mode: "auto", parallel: true },
  format: { type: "text" },
  reasoning: undefined,
  compact: false,
  includeUsage: true,
  obfuscate: true,
  logprobs: false,
  includeEncrypted: false,
  merged: 0,
} as const satisfies Partial<ParsedRequest>;

/** Counts as the sandbox does: a token for every four characters, at least one. */
export function tokensIn(characters: number): number {
  return Math.max(1, Math.ceil(characters / 4));
}
