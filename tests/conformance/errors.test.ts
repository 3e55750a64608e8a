import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { errorObject } from "../../src/api/nash/encoder.ts";
import { type Failure, isRetryable, statusOf } from "../../src/core/failure.ts";
import { anthropicMessages } from "../../src/protocols/anthropic-messages/protocol.ts";
import { openaiChat } from "../../src/protocols/openai-chat/protocol.ts";
import type { Protocol } from "../../src/protocols/protocol.ts";
import { BODIES, ERRORS, type Meaning } from "./error-table.ts";
import { ownRecordings } from "./own.ts";
import { type Heard, replay, replayReply } from "./replay.ts";
import { isSharedThere, SHARED, type SharedError, sharedErrors } from "./shared.ts";

const PROTOCOLS: readonly Protocol[] = [openaiChat, anthropicMessages];
const shared = sharedErrors();
const own = ownRecordings("error.json");
if (!isSharedThere) {
  const tests = Object.keys(ERRORS).length + Object.keys(BODIES).length + 2;
  process.stdout.write(`conformance: no ../shared/fixtures, ${tests} tests on recorded errors did not run
`);
}

describe("recorded error responses", () => {
  test.each([...shared])("%s", (name, { status, headers, body }) => {
    const meaning = meaningOf(name);
    const message = messageIn(body);
    for (const protocol of PROTOCOLS) {
      const failure = protocol.failure(status, new Headers(headers), JSON.stringify(body));
      expectMeaning(failure, meaning);
      expect(failure.providerStatus).toBe(status);
      expect(failure.message).toStartWith(message);
      expectBodyAlone(protocol, body, meaning, message);
    }
  });

  if (isSharedThere) {
    test("are all in the table, and no others", () => {
      expect([...shared.keys()].sort()).toEqual(Object.keys(ERRORS));
    });
  }
});

describe("recorded error bodies", () => {
  const present = Object.entries(BODIES).filter(() => isSharedThere);
  test.each(present)("%s", (name, { providerStatus, ...meaning }) => {
    const body: unknown = JSON.parse(readFileSync(join(SHARED, "chunks", name), "utf8"));
    for (const protocol of PROTOCOLS) {
      expectMeaning(protocol.failure(providerStatus, new Headers(), JSON.stringify(body)), meaning);
      expectBodyAlone(protocol, body, meaning, messageIn(body));
    }
  });

  if (isSharedThere) {
    test("are all that there are", () => {
      const names = readdirSync(join(SHARED, "chunks")).filter((name) => /error|429/.test(name));
      const bodies = names.filter((name) => !name.endsWith(".chunks.txt"));
      expect(Object.keys(BODIES).sort()).toEqual(bodies.sort());
    });
  }
});

describe("errors of our own", () => {
  test.each(own.map((recording) => [recording.name, recording] as const))("%s", (_name, recording) => {
    const { status, headers, body } = JSON.parse(new TextDecoder().decode(recording.bytes)) as SharedError;
    const failure = recording.provider.protocol.failure(status, new Headers(headers), String(body));
    const expected = { retryable: isRetryable(failure), ...recording.expected.failure };
    const said = { ...failure, retryable: isRetryable(failure), status: statusOf(failure) };
    expect<unknown>(said).toEqual({ providerStatus: status, ...expected });
  });
});

function meaningOf(name: string): Meaning {
  const meaning = ERRORS[name];
  if (meaning === undefined) throw new Error(`${name} is not in the table.`);
  return meaning;
}

function expectMeaning(failure: Failure, { type, status, retryAfter }: Meaning): void {
  const answer = {
    type: failure.type,
    status: statusOf(failure),
    retryAfter: errorObject(failure)["retry_after"],
  };
  expect(answer).toEqual({ type, status, retryAfter });
}

/** The same body as a frame of a stream, named and not, and as JSON in a 200. */
function expectBodyAlone(protocol: Protocol, body: unknown, meaning: Meaning, message: string): void {
  const frame = `data: ${JSON.stringify(body)}\n\n`;
  const bytes = (text: string) => [new TextEncoder().encode(text)];
  const heard = {
    frame: replay(protocol, bytes(frame)),
    named: replay(protocol, bytes(`event: error\n${frame}`)),
    field: replay(protocol, bytes(frame.replace("data:", "error:"))),
    reply: replayReply(protocol, body),
  };
  for (const { last } of Object.values<Heard>(heard)) {
    expect(last.type).toBe("error");
    if (last.type !== "error") continue;
    expectMeaning(last.failure, meaning.bodyAlone ?? meaning);
    expect(last.failure.message).toStartWith(message);
  }
}

/** The provider's own words, wherever it puts them. */
function messageIn(body: unknown): string {
  const { error, message, detail } = body as { error?: unknown; message?: string; detail?: string };
  if (typeof error === "string") return error;
  return (error as { message?: string } | undefined)?.message ?? message ?? detail ?? "no message";
}
