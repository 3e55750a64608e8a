import { ERRORS } from "../error-catalog.ts";
import { gzipBomb } from "../gzip-bomb.ts";
import type { Scenario } from "../scenario.ts";
import { end, fail, numbered, type Script, type ScriptStep, say, wait } from "../script.ts";

const FOR_EVER = Number.POSITIVE_INFINITY;
const LINE = new Uint8Array(16_384).fill("a".charCodeAt(0));

/** A frame that lost its last brace. */
const NOT_JSON: ScriptStep = {
  do: "raw",
  bytes: (writer) => writer.text("lost ").replace(/\s*\}\s*$/, "\n\n"),
};

/** A frame with two bytes that are not UTF-8 where a letter was. */
const NOT_UTF8: ScriptStep = {
  do: "raw",
  bytes: (writer) => {
    const frame = Buffer.from(writer.text("caf\u00e9 "));
    const at = frame.indexOf("\u00e9");
    frame.set([0xff, 0xfe], at);
    return frame;
  },
};

function* around(step: ScriptStep): Script {
  yield* numbered(10);
  yield step;
  yield* say("and on it goes.");
  yield end();
}

function* plain(): Script {
  yield* numbered(10);
  yield end();
}

function* forEver(step: ScriptStep, everyMs: number): Script {
  for (;;) {
    yield step;
    if (everyMs > 0) yield wait(everyMs);
  }
}

/** Models whose streams go wrong. */
export const brokenStreams: readonly Scenario[] = [
  {
    id: "demo-silent",
    about: "one token, then nothing for ever",
    fails: true,
    *script() {
      yield* numbered(1);
      yield wait(FOR_EVER);
    },
  },
  {
    id: "demo-hang-body",
    about: "200 and headers, then nothing for ever",
    fails: true,
    script: () => [{ do: "head" }, wait(FOR_EVER)],
  },
  {
    id: "demo-cut",
    about: "ten of twenty tokens, then a clean close without a finish",
    fails: true,
    script: () => numbered(10),
  },
  {
    id: "demo-reset",
    about: "ten of twenty tokens, then the connection is torn down",
    fails: true,
    *script() {
      yield* numbered(10);
      yield { do: "reset" };
    },
  },
  { id: "demo-json", about: "JSON though a stream was asked for", fails: true, json: true, script: plain },
  {
    id: "demo-error-first",
    about: "200, then an error as the first event",
    fails: true,
    script: () => [fail(ERRORS.overloaded)],
  },
  {
    id: "demo-error-mid",
    about: "some text, then an error",
    fails: true,
    *script() {
      yield* numbered(10);
      yield fail(ERRORS.overloaded);
    },
  },
  {
    id: "demo-error-late",
    about: "an error after the finish reason",
    fails: true,
    *script() {
      yield* numbered(10);
      yield { do: "finish", reason: "stop" };
      yield fail(ERRORS.server);
    },
  },
  {
    id: "demo-bad-json",
    about: "a frame that is not JSON between others",
    fails: true,
    script: () => around(NOT_JSON),
  },
  {
    id: "demo-bad-utf8",
    about: "a frame that is not UTF-8 between others",
    fails: true,
    script: () => around(NOT_UTF8),
  },
  {
    id: "demo-bom",
    about: "a byte order mark at the start",
    fails: true,
    script: plain,
    rewrite: (text, first) => (first ? `\ufeff${text}` : text),
  },
  {
    id: "demo-crlf",
    about: "lines that end with CR LF",
    fails: true,
    script: plain,
    rewrite: (text) => text.replaceAll("\n", "\r\n"),
  },
  {
    id: "demo-comments",
    about: "comments or pings every second, and nothing else",
    fails: true,
    script: () => forEver({ do: "idle" }, 1_000),
  },
  {
    id: "demo-endless",
    about: "numbered tokens for ever, as fast as they are read",
    fails: true,
    pace: 0,
    perWrite: 50,
    script: () => numbered(FOR_EVER),
  },
  {
    id: "demo-line",
    about: "one line that never ends",
    fails: true,
    *script() {
      yield { do: "raw", bytes: () => 'data: {"' };
      yield* forEver({ do: "raw", bytes: () => LINE }, 0);
    },
  },
  { id: "demo-gzip", about: "1 MB of gzip that holds 1 GiB", fails: true, respond: gzipBomb },
];
