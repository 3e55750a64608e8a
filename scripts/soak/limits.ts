import { CHAT } from "../../tests/support/answers.ts";
import { rawGet, rawPost, requestFor } from "./request-bytes.ts";
import { left, openStage, type Row, type Stage } from "./setup.ts";

const STREAMS = 50;
const BODY = 33_554_432;

/** What lies past each limit: the answer to one more, and whether the next one is served. */
export async function soakLimits(stage: Stage): Promise<Row[]> {
  const small = await openStage([
    "--max-streams",
    String(STREAMS),
    "--max-line",
    "2000",
    "--max-answer",
    "20000",
  ]);
  try {
    return [...(await atStreams(small)), ...(await atAnswers(small)), ...(await atBodies(stage))];
  } finally {
    await small.stop();
  }
}

function told(what: string, answer: string, promised: string, isRight: boolean): Row {
  const [line = "nothing"] = answer.split("\r\n");
  const wait = /\r\nretry-after: (\d+)/i.exec(answer)?.[1];
  const type = /"type":"(\w+)"/.exec(answer)?.[1];
  return {
    what,
    figure: [line.replace("HTTP/1.1 ", ""), type, wait === undefined ? undefined : `retry-after ${wait}`]
      .filter(Boolean)
      .join(", "),
    promised,
    kept: isRight,
  };
}

async function atStreams(stage: Stage): Promise<Row[]> {
  const { port } = stage.program;
  const silent = requestFor(stage, { play: "silence" });
  const whole = requestFor(stage, { play: "whole" });
  await stage.load.call("hold", { target: silent, count: STREAMS, until: '{"content":' });
  const ask = (request: string, until: string) =>
    stage.load.call("once", { target: { port, request }, until, waits: 5_000 });
  const more = await ask(whole.request, "}}");
  const ready = await ask(rawGet(port, "/ready"), "}");
  const health = await ask(rawGet(port, "/health"), "}");
  await stage.load.call("letGo");
  await left(stage, 5_000);
  const next = await ask(whole.request, "[DONE]");
  return [
    told(
      `one stream more than ${STREAMS}`,
      more,
      "503 overloaded, retry-after",
      /^HTTP\/1\.1 503[\s\S]*retry-after: \d[\s\S]*"overloaded"/i.test(more),
    ),
    told("  /ready meanwhile", ready, "503", ready.startsWith("HTTP/1.1 503")),
    told("  /health meanwhile", health, "200", health.startsWith("HTTP/1.1 200")),
    told(
      "  the next, once they have gone",
      next,
      "200",
      next.startsWith("HTTP/1.1 200") && next.includes("[DONE]"),
    ),
  ];
}

async function atAnswers(stage: Stage): Promise<Row[]> {
  const answer = await stage.load.call("once", {
    target: requestFor(stage, { play: "flood" }),
    until: "[DONE]",
    waits: 10_000,
  });
  return [
    told(
      "an event longer than --max-line",
      answer,
      "bad_output, [DONE]",
      answer.includes('"bad_output"') && answer.includes("[DONE]"),
    ),
  ];
}

async function atBodies(stage: Stage): Promise<Row[]> {
  const { port } = stage.program;
  const ask = (request: string) =>
    stage.load.call("once", { target: { port, request }, until: "}}", waits: 10_000 });
  const announced = await ask(rawPost(port, CHAT, "{}", BODY + 1));
  const piece = "x".repeat(65_536);
  const chunks = `10000\r\n${piece}\r\n`.repeat(BODY / 65_536 + 1);
  const head = `POST ${CHAT} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`;
  const sent = await ask(`${head}${chunks}0\r\n\r\n`);
  const deep = await ask(rawPost(port, CHAT, "[".repeat(100_000)));
  const isTooLarge = (answer: string) => /^HTTP\/1\.1 413[\s\S]*"too_large"/.test(answer);
  return [
    told("a body of a byte more than 32 MiB, announced", announced, "413 too_large", isTooLarge(announced)),
    told("  in chunks, without a length", sent, "413 too_large", isTooLarge(sent)),
    told(
      "a body nested 100,000 deep",
      deep,
      "400 invalid_request",
      /^HTTP\/1\.1 400[\s\S]*"invalid_request"/.test(deep),
    ),
  ];
}
