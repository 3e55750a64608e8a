/** The recorded Responses streams beside the project, in `../shared/fixtures`, and what each amounts to. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SHARED } from "../../conformance/shared.ts";

export interface Recording {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const SSE_FILES = [
  "raw-sse/azure-responses-text.sse",
  "raw-sse/bedrock-mantle-responses-data-before-event.sse",
  "raw-sse/deepseek-responses-reasoning.sse",
  "raw-sse/openai-responses-background-queued.sse",
  "raw-sse/openai-responses-function-call.sse",
  "raw-sse/openai-responses-text.sse",
  "raw-sse/openrouter-responses-done.sse",
  "raw-sse/xai-responses-text.sse",
  "synthetic/openai-responses-refusal.sse",
];
const CHUNK_FILES = [
  "chunks/open-responses.responses__lmstudio-tool-call.2.chunks.txt",
  "chunks/openai.responses__openai-custom-tool.1.chunks.txt",
  "chunks/openai.responses__openai-error.1.chunks.txt",
  "chunks/openai.responses__openai-phase.1.chunks.txt",
];

/** All of them; none where the folder is missing. */
export function recordings(): Recording[] {
  if (!existsSync(SHARED)) return [];
  return [
    ...SSE_FILES.map((name) => ({ name, bytes: readFileSync(join(SHARED, name)) })),
    ...CHUNK_FILES.map((name) => ({ name, bytes: fromLines(readFileSync(join(SHARED, name), "utf8")) })),
  ];
}

/** One JSON event per line, to be wrapped as the recordings' own notes say. */
function fromLines(lines: string): Uint8Array {
  const frames = lines
    .trimEnd()
    .split("\n")
    .map((line) => `event: ${(JSON.parse(line) as { type: string }).type}\ndata: ${line}\n\n`);
  return new TextEncoder().encode(frames.join(""));
}

interface Item {
  readonly type: string;
  readonly [name: string]: unknown;
}

/** What a recording's own last event says that the answer was: read by a few lines that share nothing with our decoder. */
export function lastResponse(bytes: Uint8Array): {
  output: Item[];
  usage?: Record<string, number>;
  status: string;
} {
  const text = new TextDecoder().decode(bytes);
  const last = [
    ...text.matchAll(/^data: (\{.*"type":"response\.(?:completed|failed|incomplete)".*\})$/gm),
  ].at(-1);
  return (JSON.parse(last?.[1] ?? "{}") as { response: never }).response;
}
