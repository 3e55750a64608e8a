import { TokenReader } from "../load/tokens.ts";
import type { Running } from "../programs/bench-program.ts";
import { startStore } from "../programs/redis.ts";
import { type Row, SUBJECT } from "../report/row.ts";
import { warmUp } from "./answer-cost.ts";
import { type Field, type Measure, Turns } from "./measurement.ts";

/** Columns beside the subject, which here is a server with a store. */
const ALONE = `${SUBJECT} without a store`;
const STORE = "the store";
const READER = "the server that reads";

/** So many streams at once, each of so many tokens, so many a second. */
const STREAMS = 60;
const TOKENS = 200;
const RATE = 50;
/** Answers without tokens in a turn. */
const EMPTY_ANSWERS = 800;
const EMPTY_AT_ONCE = 16;

/** What is left to be written once an answer is over. */
const SETTLE_MS = 300;

type Kind = "plain" | "resumable" | "read elsewhere";

interface Servers {
  readonly alone: Running;
  readonly sharing: Running;
  readonly other: Running;
  readonly store: Running["child"];
}

/** What a store costs: CPU in the server and in the store, for a token as it comes, and for an answer by itself. */
export const store: Measure = {
  name: "store",
  isSlow: true,
  async run(field) {
    const program = field.programs.find(({ name }) => name === SUBJECT);
    const redis = await startStore();
    if (program === undefined || redis === undefined) {
      field.say("store: without Valkey or Redis it is not measured");
      return { rows: [] };
    }
    const settings = { args: ["--store", redis.url], env: { NASH_LLM_STORE_KEY: "k".repeat(40) } };
    const start = () => program.start(field.provider.port, settings);
    const alone = await program.start(field.provider.port);
    const servers: Servers = { alone, sharing: await start(), other: await start(), store: redis.child };
    const started = [servers.alone, servers.sharing, servers.other];
    for (const server of started) await warmUp(server, field.quick);
    const rows: Row[] = [];
    for (const kind of ["plain", "resumable", "read elsewhere"] as const)
      rows.push(await row(field, servers, kind, true));
    for (const kind of ["plain", "resumable"] as const) rows.push(await row(field, servers, kind, false));
    await Promise.all([...started.map(({ child }) => child), redis.child].map((child) => child.stop()));
    return { rows };
  },
};

const KINDS: Readonly<Record<Kind, string>> = {
  plain: "not resumable",
  resumable: "resumable",
  "read elsewhere": "resumable and read at another server",
};

async function row(field: Field, servers: Servers, kind: Kind, hasTokens: boolean): Promise<Row> {
  const what = hasTokens ? `CPU for a token, ${RATE} a second` : "CPU for an answer without tokens";
  field.say(`store: ${what}, ${KINDS[kind]}`);
  const samples = new Turns();
  const per = hasTokens ? 1_000 / (STREAMS * TOKENS) : 1 / EMPTY_ANSWERS;
  for (let round = 0; round < field.rounds; round++) {
    for (const server of [servers.alone, servers.sharing]) {
      const isAlone = server === servers.alone;
      if (isAlone && kind === "read elsewhere") continue;
      const reader = kind === "read elsewhere" ? servers.other : undefined;
      const players = isAlone
        ? { [ALONE]: server.child }
        : { [SUBJECT]: server.child, [STORE]: servers.store, ...(reader && { [READER]: reader.child }) };
      const before = Object.entries(players).map(([name, child]) => ({ name, child, cpu: child.cpu() }));
      await (hasTokens ? streams(server, kind, reader) : emptyAnswers(server, kind));
      await Bun.sleep(SETTLE_MS);
      for (const { name, child, cpu } of before)
        await samples.take(name, () => Promise.resolve((child.cpu() - cpu) * per));
    }
  }
  return { label: `${what}, ${KINDS[kind]}`, unit: hasTokens ? "µs" : "ms", samples, aims: [] };
}

async function streams(server: Running, kind: Kind, reader: Running | undefined): Promise<void> {
  const stream = async () => {
    const response = await ask(server, `demo-numbered-${TOKENS}-${RATE}`, kind);
    const id = response.headers.get("x-answer-id");
    const elsewhere = reader && fetch(`http://127.0.0.1:${reader.port}/v1/answers/${id}`).then(readWhole);
    await Promise.all([readWhole(response, TOKENS), elsewhere]);
  };
  await Promise.all(Array.from({ length: STREAMS }, stream));
}

async function emptyAnswers(server: Running, kind: Kind): Promise<void> {
  let left = EMPTY_ANSWERS;
  const worker = async () => {
    while (left-- > 0) await readWhole(await ask(server, "demo-empty", kind), 0);
  };
  await Promise.all(Array.from({ length: EMPTY_AT_ONCE }, worker));
}

function ask(server: Running, model: string, kind: Kind): Promise<Response> {
  const { path, headers, body } = server.request(model, [{ role: "user", content: "Hello" }]);
  const options = kind === "plain" ? {} : { stream_options: { resumable: true } };
  return fetch(`http://127.0.0.1:${server.port}${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify({ ...(JSON.parse(body) as object), ...options }),
  });
}

/** @throws where it is not the answer that was asked for */
async function readWhole(response: Response, tokens = TOKENS): Promise<void> {
  if (!response.ok) throw new Error(`Status ${response.status}: ${await response.text()}`);
  const reader = new TokenReader();
  const decoder = new TextDecoder();
  // Lines with the numbers of events may stand behind the last one.
  let end = "";
  for await (const bytes of response.body ?? []) {
    const text = decoder.decode(bytes, { stream: true });
    reader.feed(text);
    end = (end + text).slice(-100);
  }
  reader.feed(end.includes("[DONE]") ? "[DONE]" : "");
  reader.finish(tokens);
}
