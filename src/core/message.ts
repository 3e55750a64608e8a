/**
 * A conversation as it travels through the house, in OpenAI's form: it is what clients send,
 * so nothing has to be copied between validation and the body of an OpenAI-speaking provider.
 */

export type Role = "system" | "developer" | "user" | "assistant" | "tool";

export interface TextPart {
  readonly type: "text";
  readonly text: string;
}

export interface ImagePart {
  readonly type: "image_url";
  /** `url` is an `https:`/`http:` address or a `data:` URL holding base64. */
  readonly image_url: { readonly url: string };
}

export type ContentPart = TextPart | ImagePart;

export interface ToolCall {
  readonly id: string;
  readonly type: "function";
  /** `arguments` is JSON text; an empty string stands for `{}`. */
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface Message {
  readonly role: Role;
  /** Null only beside `tool_calls`. */
  readonly content: string | null | readonly ContentPart[];
  readonly name?: string;
  readonly tool_calls?: readonly ToolCall[];
  readonly tool_call_id?: string;
}

export const REASONING_EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
export type ReasoningEffort = (typeof REASONING_EFFORTS)[number];

/** Sampling settings under OpenAI's names. An absent field was not sent by the client. */
export interface Sampling {
  readonly temperature?: number;
  readonly top_p?: number;
  /** Most tokens to answer with; what a provider calls it is up to its traits. */
  readonly max_tokens?: number;
  readonly stop?: string | readonly string[];
  readonly seed?: number;
  readonly reasoning_effort?: ReasoningEffort;
}

/** One question to a provider, free of both the client's dialect and the provider's protocol. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly sampling: Sampling;
  /** Merged into the provider's body as it is, over everything else. */
  readonly providerOptions?: Readonly<Record<string, unknown>>;
  /** The client wants token usage: a provider that must be asked for it is asked. */
  readonly includeUsage: boolean;
}

/** The text of a message: its string, or its text parts one after another; empty where there is none. */
export function textOf(content: Message["content"]): string {
  if (content === null) return "";
  if (typeof content === "string") return content;
  let text = "";
  for (const part of content) if (part.type === "text") text += part.text;
  return text;
}
