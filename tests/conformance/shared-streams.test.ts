import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { expectHeard } from "./judge.ts";
import { inPieces, replay, withoutRuns } from "./replay.ts";
import { isSharedThere, RECORDED, type SharedStream, sharedStreams } from "./shared.ts";
import { harmfulSplits, wrongCuts } from "./split-positions.ts";

const streams = sharedStreams();
// Work is bounded by bytes; a slow machine may take its time.
setDefaultTimeout(120_000);

const complete = streams.filter(({ expected }) => expected.verdict === "complete");

if (isSharedThere) {
  test("all recorded streams are here", () => {
    expect({ streams: streams.length, completeStreams: complete.length }).toEqual(RECORDED);
  });
} else {
  const { streams: all, completeStreams } = RECORDED;
  process.stdout.write(`conformance: no ../shared/fixtures, ${all + completeStreams + 1} tests on recorded streams did not run
`);
}

describe("recorded streams, whole and in pieces", () => {
  test.each(named(streams))("%s", (_name, { protocol, bytes, expected }) => {
    const whole = replay(protocol, [bytes]);
    expectHeard(whole, expected);
    expect(replay(protocol, inPieces(bytes, 1))).toEqual(whole);
    expect(replay(protocol, inPieces(bytes, 7))).toEqual(whole);
    expect(replay(protocol, inPieces(bytes, 1000), withoutRuns(protocol.decoder()))).toEqual(whole);
    expect(harmfulSplits(protocol, bytes, whole)).toEqual([]);
  });
});

describe("recorded streams, cut", () => {
  test.each(named(complete))("%s", (_name, { protocol, bytes }) => {
    expect(wrongCuts(protocol, bytes, replay(protocol, [bytes]))).toEqual([]);
  });
});

function named(recordings: readonly SharedStream[]): [string, SharedStream][] {
  return recordings.map((recording) => [recording.name, recording]);
}
