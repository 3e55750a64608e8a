import type { EndReason, Usage } from "../core/event.ts";
import type { Message, ReasoningEffort } from "../core/message.ts";
import type { Receipt } from "../core/receipt.ts";

/** A function that the model may call, in OpenAI's chat form. */
export interface ToolDefinition {
  readonly type: "function";
  readonly function: {
    readonly name: string;
    readonly description?: string;
    /** JSON schema of the arguments. */
    readonly parameters?: Readonly<Record<string, unknown>>;
    readonly strict?: boolean;
  };
}

/** Which tools the model may or must call. */
export type ToolChoiceField =
  | "auto"
  | "none"
  | "required"
  | { readonly type: "function"; readonly function: { readonly name: string } };

export type ResponseFormatField =
  | { readonly type: "text" | "json_object" }
  | {
      readonly type: "json_schema";
      readonly json_schema: {
        readonly name: string;
        readonly description?: string;
        readonly schema: Readonly<Record<string, unknown>>;
        readonly strict?: boolean;
      };
    };

/** A call of a tool. `arguments` is JSON text as the model wrote it, which need not be valid. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** Whom to ask, under the names of the protocol. */
export interface Address {
  /** The provider's address; `http://demo.invalid/v1` is the demo inside the server. */
  readonly api_base_url: string;
  /** The key for it. Local servers that need none take any word. */
  readonly api_key: string;
  /** The protocol to speak at an address that is not known by its host. */
  readonly provider?: "openai" | "anthropic" | "responses" | null | undefined;
}

/** What chat and summaries have in common. An optional field that is null or undefined counts as absent. */
export interface Question extends Pick<Address, "provider"> {
  /** Absent where the server's settings, its path or the model's name say where the request goes. */
  readonly api_base_url?: Address["api_base_url"] | null | undefined;
  readonly api_key?: Address["api_key"] | null | undefined;
  readonly model: string;
  readonly messages: readonly Message[];
  /** A UUID, which comes back letter for letter. Without one the server makes one. */
  readonly session_id?: string | null | undefined;
  readonly temperature?: number | null | undefined;
  readonly top_p?: number | null | undefined;
  readonly max_tokens?: number | null | undefined;
  readonly stop?: string | string[] | null | undefined;
  readonly seed?: number | null | undefined;
  readonly reasoning_effort?: ReasoningEffort | null | undefined;
  readonly tools?: readonly ToolDefinition[] | null | undefined;
  readonly tool_choice?: ToolChoiceField | null | undefined;
  readonly parallel_tool_calls?: boolean | null | undefined;
  readonly response_format?: ResponseFormatField | null | undefined;
  /** Merged into the provider's body as it is. */
  readonly provider_options?: Record<string, unknown> | null | undefined;
}

/** The body of `POST /v1/chat/completions/stream`. */
export interface ChatRequest extends Question {
  readonly stream_options?:
    | {
        readonly include_usage?: boolean | null | undefined;
        readonly include_reasoning?: boolean | null | undefined;
        readonly include_receipt?: boolean | null | undefined;
        /** A connection that breaks is not the answer's end: this client goes on by itself. Default true. */
        readonly resumable?: boolean | null | undefined;
        /** What becomes of an answer that nobody reads any more. */
        readonly on_disconnect?: "cancel" | "finish" | null | undefined;
      }
    | null
    | undefined;
}

/** The body of `POST /v1/chat/summarize`. */
export interface SummarizeRequest extends Question {
  /** So many of the last messages stay as they are. */
  readonly keep_last?: number | null | undefined;
}

/** What the lines of a stream say. Text and reasoning come as often as the provider sends them, never empty. */
export type StreamEvent =
  | { readonly type: "session"; readonly sessionId: string }
  | { readonly type: "text"; readonly text: string }
  /** Only with `include_reasoning`. */
  | { readonly type: "reasoning"; readonly text: string }
  /** Only where the request has tools: `id` and `name` on the first of each call, `arguments` to be appended. */
  | {
      readonly type: "tool_call";
      readonly index: number;
      readonly id?: string;
      readonly name?: string;
      readonly arguments?: string;
    }
  /** Only with `include_usage`; null where the provider reported no tokens. */
  | { readonly type: "usage"; readonly usage: Usage | null; readonly finishReason: EndReason }
  /** Only with `include_receipt`, and where somebody stopped the answer. */
  | { readonly type: "receipt"; readonly receipt: Receipt };

/** The answer of `POST /v1/chat/summarize`. */
export interface SummaryResult {
  readonly success: true;
  readonly summary: string;
  /** What to send instead of the conversation from here on. */
  readonly messages: readonly Message[];
  readonly token_reduction: {
    readonly before: number;
    readonly after: number;
    readonly estimated?: true;
  };
  readonly session_id: string;
}

/** The answer of `POST /v1/chat/tokens`. */
export interface TokenCount {
  readonly tokens: number;
  readonly context_window: number | null;
  readonly estimated?: true;
}

/** One line of `POST /v1/chat/models`. */
export interface ModelInfo {
  readonly id: string;
  readonly context_window?: number;
}

/** One model server of `GET /v1/local`. */
export interface LocalServer {
  readonly name: string;
  readonly api_base_url: string;
  readonly models: readonly string[];
}

export interface CallOptions {
  /** Ends the request, and the provider's with it. The call then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface SummarizeOptions extends CallOptions {
  /**
   * Called as each part of a conversation that is longer than the model's window has been summarized, with how many
   * of them have been; with 1 and 1 as the summary of any other begins.
   */
  readonly onProgress?: (part: number, parts: number) => void;
}
