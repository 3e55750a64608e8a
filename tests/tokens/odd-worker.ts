/**
 * Stands in for the tokenizer: dies of `die`, fails at `fail`, never answers `wait`, answers `cancelled?` with the
 * number of jobs that were cancelled, and counts characters otherwise.
 */
import type { WorkerRequest } from "../../src/tokens/worker-messages.ts";

let cancelled = 0;

self.onmessage = ({ data }: MessageEvent<WorkerRequest>) => {
  const { id } = data;
  if (data.kind === "cancel") {
    cancelled++;
    postMessage({ id, tokens: -1 });
  } else if (data.text === "die") process.exit(1);
  else if (data.text === "fail") postMessage({ id, error: "no such file" });
  else if (data.text === "cancelled?") postMessage({ id, tokens: cancelled });
  else if (data.text !== "wait" && data.last) postMessage({ id, tokens: data.text.length });
};
