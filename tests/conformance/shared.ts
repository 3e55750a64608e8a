/** The recorded streams that lie beside the project, in `../shared/fixtures`. They are read there and never copied. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { anthropicMessages } from "../../src/protocols/anthropic-messages/protocol.ts";
import { openaiChat } from "../../src/protocols/openai-chat/protocol.ts";
import type { Protocol } from "../../src/protocols/protocol.ts";
import { CHUNK_STREAMS } from "./chunk-streams.ts";

export const SHARED = join(import.meta.dir, "../../../shared/fixtures");
export const isSharedThere = existsSync(SHARED);

/** How many recordings there are. Told where the folder is missing, and held to what is there where it is not. */
export const RECORDED = { streams: 79, completeStreams: 68 };

/** What a recorded stream amounts to, by an oracle that is not ours. Absent: the oracle does not say. */
export interface Expected {
  readonly verdict: "complete" | "truncated" | "error";
  readonly textChars?: number;
  readonly textHead?: string;
  readonly reasoningChars?: number;
  readonly tools?: readonly { id: string; name: string; args: string }[];
  /** The provider's own word. */
  readonly finish?: string | null;
  readonly usage?: { in: number; out: number; cacheRead?: number; cacheWrite?: number } | null;
}

export interface SharedStream {
  readonly name: string;
  readonly protocol: Protocol;
  readonly bytes: Uint8Array;
  readonly expected: Expected;
}

const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  "chat.completions": openaiChat,
  "anthropic.messages": anthropicMessages,
};

/** Streams too short for the oracle to tell whose they are: an error and nothing else. */
const ERROR_FIRST: Readonly<Record<string, Protocol>> = {
  "synthetic/openai-error-first-frame.sse": openaiChat,
  "synthetic/anthropic-overloaded-first-frame.sse": anthropicMessages,
  "synthetic/data-before-event-error.sse": openaiChat,
};

/** All chat streams of the folder; none where it is missing. */
export function sharedStreams(): SharedStream[] {
  if (!isSharedThere) return [];
  return [...recordedStreams(), ...chunkStreams()];
}

function recordedStreams(): SharedStream[] {
  const oracle: Record<string, Expected & { kind: string }> = JSON.parse(
    readFileSync(join(SHARED, "EXPECTED.json"), "utf8"),
  );
  return Object.entries(oracle).flatMap(([name, expected]) => {
    const protocol = PROTOCOLS[expected.kind] ?? ERROR_FIRST[name];
    if (protocol === undefined) return [];
    return [{ name, protocol, bytes: readFileSync(join(SHARED, name)), expected }];
  });
}

/** One JSON chunk per line, to be wrapped as the recordings' own notes say. */
function chunkStreams(): SharedStream[] {
  return Object.entries(CHUNK_STREAMS).map(([file, { protocol, ...expected }]) => {
    const name = `chunks/${file}`;
    const lines = readFileSync(join(SHARED, name), "utf8").trimEnd().split("\n");
    const frames = lines.map((line) =>
      protocol === "anthropic"
        ? `event: ${(JSON.parse(line) as { type: string }).type}\ndata: ${line}\n\n`
        : `data: ${line}\n\n`,
    );
    const stream = frames.join("") + (protocol === "openai" ? "data: [DONE]\n\n" : "");
    return {
      name,
      protocol: protocol === "openai" ? openaiChat : anthropicMessages,
      bytes: new TextEncoder().encode(stream),
      expected,
    };
  });
}

export interface SharedError {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

/** Recorded error responses by file name, without the folder; none where it is missing. */
export function sharedErrors(): Map<string, SharedError> {
  const folder = join(SHARED, "errors");
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  return new Map(
    names.map((name) => [name, JSON.parse(readFileSync(join(folder, name), "utf8")) as SharedError]),
  );
}
