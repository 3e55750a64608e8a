/**
 * The tokenizer's thread, an entry point of its own. It is started on the first count and loads a vocabulary
 * when it is first asked for: some 20 MB and 60 ms for `o200k`.
 */
import { readFileSync } from "node:fs";
import cl100k from "gpt-tokenizer/data/cl100k_base.tiktoken" with { type: "file" };
import o200k from "gpt-tokenizer/data/o200k_base.tiktoken" with { type: "file" };
import { countTokens } from "./encode.ts";
import { FairScheduler, type Steps } from "./fair-scheduler.ts";
import { Vocabulary } from "./vocabulary.ts";
import type { Encoding, WorkerReply, WorkerRequest } from "./worker-messages.ts";

/** Milliseconds of one turn. Between turns the thread reads its messages. */
const TURN = 2;

/** Characters that are mostly counted within a turn. */
const SHORT = 16_384;

const FILES: Readonly<Record<Encoding, string>> = { o200k, cl100k };
const vocabularies = new Map<Encoding, Vocabulary>();
/** The texts of jobs that are still being sent. */
const incoming = new Map<number, string[]>();
let turning = false;
const scheduler = new FairScheduler(
  (id, tokens) => answer({ id, tokens }),
  (id, error) => answer({ id, error: String(error) }),
);

self.onmessage = ({ data }: MessageEvent<WorkerRequest>) => {
  const { id } = data;
  if (data.kind === "cancel") {
    incoming.delete(id);
    scheduler.remove(id);
    return;
  }
  const texts = incoming.get(id) ?? [];
  texts.push(data.text);
  if (!data.last) {
    incoming.set(id, texts);
    return;
  }
  incoming.delete(id);
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  scheduler.add(id, count(texts, data.encoding), length <= SHORT);
  if (!turning) setImmediate(turn);
  turning = true;
};

function turn(): void {
  const end = performance.now() + TURN;
  scheduler.turn(() => performance.now() >= end);
  turning = scheduler.size > 0;
  if (turning) setImmediate(turn);
}

function* count(texts: readonly string[], encoding: Encoding): Steps {
  let vocabulary = vocabularies.get(encoding);
  if (vocabulary === undefined) {
    vocabulary = new Vocabulary(readFileSync(FILES[encoding]));
    vocabularies.set(encoding, vocabulary);
  }
  let tokens = 0;
  for (const text of texts) {
    tokens += yield* countTokens(vocabulary, encoding, text);
    yield;
  }
  return tokens;
}

function answer(answer: WorkerReply): void {
  postMessage(answer);
}
