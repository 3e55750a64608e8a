export interface Turn {
  readonly role: "user" | "assistant";
  readonly text: string;
}

/** What a script may know of a request, in no protocol's words. */
export interface ScriptContext {
  /** As the caller wrote it. */
  readonly model: string;
  /** What followed the scenario's name in the model's: `demo-numbered-30000` has `["30000"]`. */
  readonly options: readonly string[];
  readonly key: string;
  readonly stream: boolean;
  readonly system: string;
  readonly turns: readonly Turn[];
  /** The text of the user's last message. */
  readonly text: string;
  /** About a token for every four characters. */
  readonly inputTokens: number;
  /** The most tokens to answer with. */
  readonly limit: number | undefined;
  /** The first tool that was offered. */
  readonly tool: string | undefined;
  /** The conversation ends with the result of a tool call. */
  readonly afterTool: boolean;
  /**
   * True the first time this key asks for this model, false the second time, and so on. What was asked more than
   * so many seconds ago is forgotten.
   */
  firstOfTwo(withinSeconds: number): boolean;
}

/** What the rules of a protocol find out about a request; the server adds the rest. */
export interface ParsedRequest extends Omit<ScriptContext, "options" | "key" | "firstOfTwo"> {
  /** OpenAI's `stream_options`: a chunk with the usage, and padding on every chunk. */
  readonly includeUsage: boolean;
  readonly obfuscate: boolean;
  /** How many messages were merged into their neighbour of the same role; Anthropic's API does so in silence. */
  readonly merged: number;
}

/** Counts as the sandbox does: a token for every four characters, at least one. */
export function tokensIn(characters: number): number {
  return Math.max(1, Math.ceil(characters / 4));
}
