/**
 * `bun run cluster [ANSWERS]`: three servers behind nginx, then HAProxy, with a store between them. A server is killed, one
 * drained, the store killed and started anew, each while so many answers run (300 unless said): prints what their readers
 * got (docs/protocol.md 12).
 */
import { freePort } from "../tests/support/free-port.ts";
import { type Program, startProgram } from "../tests/support/program.ts";
import { startRedis } from "../tests/support/redis.ts";
import { type Ending, readAnswer } from "./cluster/reader.ts";
import { startPacedProvider } from "./proxies/paced-provider.ts";
import { startProxy } from "./proxies/proxy.ts";

const ANSWERS = Number(process.argv[2] ?? 300);
/** Within so long a reader knows that the server which made its answer is gone. */
const LOST_MS = 15_000;
const PIECES = 80;
const PAUSE_MS = 100;
const KEY = crypto.getRandomValues(new Uint8Array(32)).toHex();

let failed = 0;

function report(proxy: string, what: string, holds: boolean, found: string): void {
  if (!holds) failed++;
  console.log(`${proxy.padEnd(8)} ${what.padEnd(22)} ${holds ? "" : "FAILED: "}${found}`);
}

function count(endings: readonly Ending[]): string {
  const outcomes = Object.entries(Object.groupBy(endings, ({ outcome }) => outcome));
  return outcomes.map(([outcome, those]) => `${those?.length} ${outcome}`).join(", ");
}

async function ready(server: string): Promise<string> {
  const response = await fetch(`${server}/ready`);
  return ((await response.json()) as { status: string }).status;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (await holds().catch(() => false)) return;
    await Bun.sleep(100);
  }
  throw new Error("What was waited for did not come.");
}

async function tryCluster(name: string): Promise<void> {
  if (Bun.which(name) === null) return console.log(`${name.padEnd(8)} is not on this machine`);
  const redis = await startRedis();
  if (redis === undefined) return console.log("There is no Redis or Valkey on this machine.");
  const provider = startPacedProvider();
  const start = async (port: number): Promise<Program> => {
    const program = await startProgram({
      args: [
        "--port",
        String(port),
        "--no-detect",
        "--store",
        redis.url,
        "--drain-delay",
        "3",
        "--log-level",
        "warn",
      ].concat(["127.0.0.1", "localhost"].flatMap((host) => ["--allow-host", host])),
      env: { NASH_LLM_STORE_PASSWORD: redis.password, NASH_LLM_STORE_KEY: KEY },
    });
    await until(async () => (await ready(program.url)) === "ready");
    return program;
  };
  const servers = [await start(0), await start(0), await start(0)];
  const [one = 0, two = 0, three = 0] = servers.map(({ port }) => port);
  const proxy = await startProxy(name, { own: await freePort(), one, two, three });
  const entrance = `http://127.0.0.1:${proxy?.port}`;
  const begin = (what: string) =>
    Array.from({ length: ANSWERS }, (_, i) =>
      readAnswer(entrance, provider.url, { pieces: PIECES, pauseMs: PAUSE_MS, name: `${what} ${i}` }),
    );
  try {
    let reading = begin("killed");
    await Bun.sleep((PIECES * PAUSE_MS) / 3);
    await servers[0]?.stop("SIGKILL");
    let endings = await Promise.all(reading);
    const lost = endings.filter(({ outcome }) => outcome === "incomplete");
    const slowest = Math.max(...endings.map(({ brokenMs }) => brokenMs));
    report(
      name,
      "one server killed",
      lost.length > 0 &&
        slowest < LOST_MS &&
        endings.every(({ outcome }) => /^(whole|incomplete|refused with 50[23])$/.test(outcome)),
      `${count(endings)}; told after at most ${(slowest / 1000).toFixed(1)} s`,
    );

    servers[0] = await start(one);
    await Bun.sleep(2_500);
    reading = begin("drained");
    await Bun.sleep((PIECES * PAUSE_MS) / 3);
    await proxy?.takeOut();
    const code = await servers[0].stop();
    endings = await Promise.all(reading);
    report(
      name,
      "one server drained",
      code === 0 && endings.every(({ outcome }) => outcome === "whole"),
      `${count(endings)}; the server ended with ${code}`,
    );
    const again = await Promise.all(endings.map(({ id }) => wholeAt(entrance, id)));
    report(
      name,
      "its answers elsewhere",
      again.every(Boolean),
      `${again.filter(Boolean).length} of ${again.length} are there`,
    );

    reading = begin("store");
    await Bun.sleep((PIECES * PAUSE_MS) / 3);
    await redis.kill();
    const rest = servers.slice(1);
    await until(async () =>
      (await Promise.all(rest.map(({ url }) => ready(url)))).every((said) => said === "degraded"),
    );
    await Bun.sleep(1_000);
    await redis.start();
    endings = await Promise.all(reading);
    await until(async () =>
      (await Promise.all(rest.map(({ url }) => ready(url)))).every((said) => said === "ready"),
    );
    report(
      name,
      "store started anew",
      endings.every(({ outcome }) => outcome === "whole"),
      count(endings),
    );
    await Bun.sleep(1_000);
    const everywhere = await Promise.all(
      rest.flatMap(({ url }) => endings.map(({ id }) => wholeAt(url, id))),
    );
    report(
      name,
      "its answers everywhere",
      everywhere.every(Boolean),
      `${everywhere.filter(Boolean).length} of ${everywhere.length} are there`,
    );
  } finally {
    await proxy?.stop();
    await Promise.all(servers.map((server) => server.stop("SIGKILL")));
    await provider.stop();
    await redis[Symbol.asyncDispose]();
  }
}

async function wholeAt(server: string, id: string): Promise<boolean> {
  const response = await fetch(`${server}/v1/answers/${id}`);
  return (await response.text()).includes(`"content":"piece ${PIECES - 1} "`);
}

for (const name of ["nginx", "haproxy"]) await tryCluster(name);
if (failed > 0) process.exitCode = 1;
