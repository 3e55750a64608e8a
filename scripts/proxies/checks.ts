import type { PacedProvider } from "./paced-provider.ts";

/** What a proxy must not spoil. Each throws where it does, and says what it found. */

export interface Stage {
  readonly proxy: string;
  readonly provider: PacedProvider;
  /** Takes the first process away as an operator would, and starts it again. */
  restartFirst(): Promise<void>;
}

/** Tokens come so late at most in the median, in milliseconds: a machine that is busy delays one or another. */
const MOST_LATE_MS = 150;

function ask(
  { proxy, provider }: Stage,
  model: string,
  name: string,
  more: { stream?: boolean; signal?: AbortSignal } = {},
) {
  const { stream = true, signal } = more;
  return fetch(`${proxy}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-nash-llm-base-url": provider.url },
    body: JSON.stringify({ model, stream, messages: [{ role: "user", content: name }] }),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function wholeStream(stage: Stage, model: string, name: string): Promise<string> {
  const response = await ask(stage, model, name);
  const text = await response.text();
  if (response.status !== 200 || !text.includes("[DONE]"))
    throw new Error(`${response.status} ${text.slice(0, 200)}`);
  return text;
}

export async function pieceByPiece(stage: Stage): Promise<string> {
  const name = `pieces-${crypto.randomUUID()}`.slice(0, 40);
  const response = await ask(stage, "8x250", name);
  const came: number[] = [];
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    for (const _ of decoder.decode(bytes).matchAll(/piece \d/g)) came.push(performance.now());
  }
  const sent = stage.provider.sent.get(name) ?? [];
  const late = came.map((time, i) => time - (sent[i] ?? 0)).sort((a, b) => a - b);
  const [median = Number.POSITIVE_INFINITY, latest = 0] = [late[4], late.at(-1)];
  if (came.length !== 8 || median > MOST_LATE_MS || (came[0] ?? 0) > (sent[4] ?? 0))
    throw new Error(`${came.length} pieces, half of them ${Math.round(median)} ms late`);
  return `8 pieces, ${Math.round(median)} ms after they were sent in the median, ${Math.round(latest)} ms at most`;
}

/** Nothing for longer than most proxies wait: only comments pass. */
export async function quietStream(stage: Stage): Promise<string> {
  const text = await wholeStream(stage, "2x35000", "quiet-stream");
  return `70 s with two pieces and ${text.split("\n:").length - 1 + (text.startsWith(":") ? 1 : 0)} comments`;
}

export async function quietWholeAnswer(stage: Stage): Promise<string> {
  const response = await ask(stage, "2x35000", "quiet-whole", { stream: false });
  const text = await response.text();
  if (response.status !== 200 || !text.includes("piece 1"))
    throw new Error(`${response.status} ${text.slice(0, 100)}`);
  return "a whole answer after 70 s of silence";
}

export async function departure(stage: Stage): Promise<string> {
  const leaving = new AbortController();
  const name = "departure";
  const response = await ask(stage, "100x100", name, { signal: leaving.signal });
  await response.body?.getReader().read();
  leaving.abort();
  const left = performance.now();
  while (!stage.provider.left.has(name)) {
    if (performance.now() - left > 3_000)
      throw new Error("the provider is still asked 3 s after the client left");
    await Bun.sleep(10);
  }
  return `the provider heard of it after ${Math.round(performance.now() - left)} ms`;
}

export async function largeBody(stage: Stage): Promise<string> {
  await wholeStream(stage, "1x0", "large ".repeat(3_000_000));
  return "18 MB went through";
}

/** One process is restarted, with a long answer running, while others ask without a pause. */
export async function restart(stage: Stage): Promise<string> {
  const long = Array.from({ length: 6 }, (_, i) => wholeStream(stage, "40x200", `long-${i}`));
  let asks = true;
  let whole = 0;
  const failures: string[] = [];
  const askers = Array.from({ length: 6 }, async () => {
    while (asks) {
      await wholeStream(stage, "2x20", "short").then(
        () => whole++,
        (error) => failures.push(String(error)),
      );
    }
  });
  await Bun.sleep(500);
  await stage.restartFirst();
  await Promise.all(long);
  asks = false;
  await Promise.all(askers);
  if (failures.length > 0)
    throw new Error(`${failures.length} of ${whole + failures.length} failed: ${failures[0]}`);
  return `${whole} short answers and 6 long ones, none lost`;
}
