import { NashError } from "./error.ts";
import type { Ask } from "./http.ts";
import { postStream } from "./stream.ts";
import type { SummarizeOptions, SummarizeRequest, SummaryResult } from "./types.ts";

/**
 * Asks for a summary. It is read as a stream: comments keep the connection alive while a long conversation is
 * summarized in parts, which one JSON answer could not do.
 * @throws {NashError}; the signal's reason when it aborts
 */
export async function summarize(
  ask: Ask,
  request: SummarizeRequest,
  { onProgress, signal }: SummarizeOptions,
): Promise<SummaryResult> {
  let result: SummaryResult | undefined;
  for await (const line of postStream(ask, "/v1/chat/summarize", request, { signal })) {
    if (line["success"] === true) result = line as unknown as SummaryResult;
    const { part, parts } = (line["progress"] ?? {}) as { part?: number; parts?: number };
    if (part !== undefined && parts !== undefined) onProgress?.(part, parts);
  }
  if (result === undefined)
    throw new NashError({ type: "incomplete", message: "The server sent no summary.", retryable: true });
  return result;
}
