import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync } from "node:fs";
import { statusOf } from "../../src/core/failure.ts";
import { PROVIDERS } from "../../src/providers/index.ts";
import { FIXTURES, type Own, type OwnExpected, ownRecordings } from "./own.ts";
import { type Heard, inPieces, readFrames, replay, replayReply } from "./replay.ts";
import { harmfulSplits, wrongCuts } from "./split-positions.ts";

const streams = ownRecordings("response.sse");
const replies = ownRecordings("response.json");
// Work is bounded by bytes; a slow machine may take its time.
setDefaultTimeout(120_000);

process.stdout.write(`conformance: ${streams.length} streams and ${replies.length} replies of our own\n`);

describe("streams of our own, split at every byte", () => {
  test.each(named(streams))("%s", (_name, { provider: { protocol }, bytes, expected }) => {
    const whole = replay(protocol, [bytes]);
    expectOwn(whole, expected);
    expect(replay(protocol, inPieces(bytes, 1))).toEqual(whole);
    expect(replay(protocol, inPieces(bytes, 7))).toEqual(whole);
    expect(harmfulSplits(protocol, bytes, whole)).toEqual([]);
  });
});

describe("streams of our own, cut at every byte", () => {
  const complete = streams.filter(({ expected }) => expected.verdict === "complete");
  test.each(named(complete))("%s", (_name, { provider: { protocol }, bytes }) => {
    expect(wrongCuts(protocol, bytes, replay(protocol, [bytes]))).toEqual([]);
  });
});

describe("JSON where a stream was expected", () => {
  test.each(named(replies))("%s", (_name, { provider: { protocol }, bytes, expected }) => {
    expectOwn(replayReply(protocol, JSON.parse(new TextDecoder().decode(bytes))), expected);
  });
});

describe("the folder", () => {
  test("has recordings of every provider but the demo, which is tested as a server", () => {
    const names = PROVIDERS.map(({ name }) => name).filter((name) => name !== "demo");
    expect(readdirSync(FIXTURES).sort()).toEqual(names.sort());
  });

  test("names providers as their hosts do", () => {
    const all = [...streams, ...replies, ...ownRecordings("error.json")];
    expect(all.map(({ provider, folder }) => [provider.name, folder])).toEqual(
      all.map(({ folder }) => [folder, folder]),
    );
  });
});

function named(recordings: readonly Own[]): [string, Own][] {
  return recordings.map((recording) => [recording.name, recording]);
}

function expectOwn(heard: Heard, expected: OwnExpected): void {
  expect<unknown>(heard).toMatchObject({
    text: expected.text ?? "",
    refusal: expected.refusal ?? "",
    reasoning: expected.reasoning ?? "",
    tools: expected.tools ?? [],
  });
  const { last } = heard;
  const usage = "usage" in last ? last.usage : undefined;
  if (expected.usage === undefined) expect(usage).toBeUndefined();
  else expect(usage).toMatchObject(expected.usage);
  expect(last.type).toBe(expected.verdict === "complete" ? "end" : "error");
  if (last.type === "end") {
    expect<unknown>([last.reason, last.rawReason]).toEqual([expected.reason, expected.finish]);
  } else if (last.type === "error") {
    expect<unknown>({ ...last.failure, status: statusOf(last.failure) }).toEqual(expected.failure);
  }
  const content = readFrames(heard.frames).map((line) => (line as { content?: string }).content ?? "");
  expect(content.join("")).toBe((expected.text ?? "") + (expected.refusal ?? ""));
}
