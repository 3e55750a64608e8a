/**
 * What a provider cannot take and what it calls things. Data, so that shared code never asks who the provider is.
 * Defaults (see {@link DEFAULT_TRAITS}) are those of a plain OpenAI-compatible server.
 */
export interface Traits {
  /** What "at most so many tokens" is called. */
  readonly maxTokensField: "max_tokens" | "max_completion_tokens";
  readonly seedField: "seed" | "random_seed" | null;
  /** Takes the role `developer`; elsewhere it becomes `system`. */
  readonly developerRole: boolean;
  /** `stream_options.include_usage` may be sent. Others report usage unasked or not at all. */
  readonly usageOption: boolean;
  readonly temperature: readonly [min: number, max: number];
  /** Most stop sequences, or null where no limit is known. */
  readonly maxStops: number | null;
  /** The efforts that exist at this provider. */
  readonly reasoningEfforts: readonly string[];
  /** Images only as base64 `data:` URLs. */
  readonly inlineImagesOnly: boolean;
  /** Order of roles that it insists on. */
  readonly turns: {
    readonly startsWithUser: boolean;
    readonly endsWithUser: boolean;
    /** Neighbours of one role are merged. */
    readonly alternates: boolean;
  };
  /** Rewrites ids of tool calls that other providers made, where this one refuses them. */
  readonly toolCallIds: "any" | "nine-alphanumerics";
}
