/**
 * A conversation between dialect and protocol, in the form of OpenAI's chat completions with what others have added to it:
 * it is what most clients send, so nothing has to be copied between validation and the body of an OpenAI-speaking provider.
 */

import type { JsonObject } from "./json.ts";
import type { ProtocolName } from "./translation.ts";

export type Role = "system" | "developer" | "user" | "assistant" | "tool";

/** A prompt-caching mark on the part or tool that it stands on, in Anthropic's form. */
export interface CacheMark {
  readonly type: "ephemeral";
  readonly ttl?: "5m" | "1h";
}

export interface TextPart {
  readonly type: "text";
  readonly text: string;
  readonly cache_control?: CacheMark;
}

export interface ImagePart {
  readonly type: "image_url";
  /** `url` is an `https:`/`http:` address or a `data:` URL holding base64. */
  readonly image_url: { readonly url: string; readonly detail?: string };
  readonly cache_control?: CacheMark;
}

/** A document: exactly one of `file_data`, `file_url`, `file_id` and `text` is there. */
export interface FilePart {
  readonly type: "file";
  readonly file: {
    readonly filename?: string;
    /** A `data:` URL holding base64. */
    readonly file_data?: string;
    readonly file_url?: string;
    /** A file that the provider stores. */
    readonly file_id?: string;
    /** A plain-text document. */
    readonly text?: string;
  };
  readonly cache_control?: CacheMark;
}

export interface AudioPart {
  readonly type: "input_audio";
  readonly input_audio: { readonly data: string; readonly format: string };
}

/** The assistant's refusal. */
export interface RefusalPart {
  readonly type: "refusal";
  readonly refusal: string;
}

/**
 * One block of the assistant's reasoning, with whatever its provider wants back unchanged. A block without any of the three
 * carriers is plain reasoning (DeepSeek, Qwen, gpt-oss).
 */
export interface ReasoningPart {
  readonly type: "reasoning";
  /** May be empty: some providers send a carrier alone. */
  readonly text: string;
  /** Anthropic's `signature` of this text. */
  readonly signature?: string;
  /** Anthropic's `redacted_thinking.data`; there is no text then. */
  readonly redacted?: string;
  /** OpenAI Responses' `encrypted_content` with the id of its item. */
  readonly encrypted?: { readonly id?: string; readonly content: string };
}

export type ContentPart = TextPart | ImagePart | FilePart | AudioPart | RefusalPart | ReasoningPart;

export interface ToolCall {
  readonly id: string;
  readonly type: "function";
  /** `arguments` is JSON text, letter for letter as the model wrote it; an empty string stands for `{}`. */
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface Message {
  readonly role: Role;
  /**
   * Null only beside `tool_calls`. An assistant's reasoning and refusal stand among its parts, in order; its `tool_calls`
   * come after them. A tool's result may hold images and files.
   */
  readonly content: string | null | readonly ContentPart[];
  readonly name?: string;
  readonly tool_calls?: readonly ToolCall[];
  readonly tool_call_id?: string;
  /** Of a tool's result: the tool failed (Anthropic's `is_error`). */
  readonly is_error?: boolean;
}

/** A function that the model may call. Other kinds (custom, namespace) are made into functions by the dialect and back. */
export interface Tool {
  readonly name: string;
  readonly description?: string;
  /** JSON schema; absent where there are none. */
  readonly parameters?: JsonObject;
  readonly strict?: boolean;
  readonly cache_control?: CacheMark;
}

/**
 * Which tools the model may or must call. With `names` only those: `required` with one name forces that tool, more are
 * OpenAI's `allowed_tools`.
 */
export interface ToolChoice {
  readonly mode: "auto" | "none" | "required";
  readonly names?: readonly string[];
}

export type ResponseFormat =
  | { readonly type: "json_object" }
  | {
      readonly type: "json_schema";
      readonly name?: string;
      readonly description?: string;
      readonly schema: JsonObject;
      readonly strict?: boolean;
    };

export const REASONING_EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
export type ReasoningEffort = (typeof REASONING_EFFORTS)[number];

/** Sampling settings under OpenAI's names. An absent field was not sent by the client. */
export interface Sampling {
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  /** Most tokens to answer with; what a provider calls it is up to its traits. */
  readonly max_tokens?: number;
  readonly stop?: string | readonly string[];
  readonly seed?: number;
  readonly reasoning_effort?: ReasoningEffort;
}

/** One request to a provider, free of both the client's dialect and the provider's protocol. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly sampling: Sampling;
  readonly tools?: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly responseFormat?: ResponseFormat;
  /** `max_tokens` is a wish: no more is asked for than the model that is asked has. */
  readonly capsOutput?: true;
  /** Who the end user is, for the provider's abuse checks: OpenAI's `safety_identifier`, Anthropic's `metadata.user_id`. */
  readonly user?: string;
  readonly serviceTier?: string;
  readonly verbosity?: string;
  readonly metadata?: JsonObject;
  readonly promptCacheKey?: string;
  /** Merged into the provider's body as it is, over everything else. */
  readonly providerOptions?: JsonObject;
  /** The client wants token usage: a provider that must be asked for it is asked. */
  readonly includeUsage: boolean;
  /**
   * The request's body in a provider's own protocol. Where the provider speaks that protocol it goes out in place of a
   * translated one, unknown fields and all (`Protocol.passThrough`).
   */
  readonly raw?: { readonly protocol: ProtocolName; readonly body: JsonObject };
}

/** The text of a message: its string, or its text parts one after another; empty where there is none. */
export function textOf(content: Message["content"]): string {
  if (content === null) return "";
  if (typeof content === "string") return content;
  let text = "";
  for (const part of content) if (part.type === "text") text += part.text;
  return text;
}
