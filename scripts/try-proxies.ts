/**
 * `bun run test:proxies [name…]`: the settings of `packaging/proxies` tried with the real proxies, as far as this
 * machine has them. Two processes of the program stand behind each.
 */
import { startProgram } from "../tests/support/program.ts";
import * as checks from "./proxies/checks.ts";
import { startPacedProvider } from "./proxies/paced-provider.ts";
import { PROXIES, startProxy } from "./proxies/proxy.ts";

const CHECKS: Readonly<Record<string, (stage: checks.Stage) => Promise<string>>> = {
  "piece by piece": checks.pieceByPiece,
  departure: checks.departure,
  "large body": checks.largeBody,
  restart: checks.restart,
};

/** These take a minute of doing nothing: side by side. */
const QUIET = { "quiet stream": checks.quietStream, "quiet whole answer": checks.quietWholeAnswer };

let failed = 0;

async function report(proxy: string, name: string, found: Promise<string>): Promise<void> {
  try {
    console.log(`${proxy.padEnd(8)} ${name.padEnd(19)} ${await found}`);
  } catch (error) {
    failed++;
    console.log(
      `${proxy.padEnd(8)} ${name.padEnd(19)} FAILED: ${error instanceof Error ? error.message : error}`,
    );
  }
}

async function tryProxy(name: string): Promise<void> {
  const start = (port: number) =>
    startProgram({
      args: [
        "--port",
        String(port),
        "--no-detect",
        "--allow-host",
        "127.0.0.1",
        "--allow-host",
        "localhost",
        "--drain-delay",
        "3",
      ],
    });
  let first = await start(0);
  const second = await start(0);
  const provider = startPacedProvider();
  const spare = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const own = spare.port ?? 0;
  await spare.stop(true);
  const proxy = await startProxy(name, { own, one: first.port, two: second.port });
  try {
    if (proxy === undefined) return console.log(`${name.padEnd(8)} is not on this machine`);
    const stage: checks.Stage = {
      proxy: `http://127.0.0.1:${proxy.port}`,
      provider,
      async restartFirst() {
        await proxy.takeOut();
        const { port } = first;
        const code = await first.stop();
        if (code !== 0) throw new Error(`the process ended with ${code}`);
        first = await start(port);
      },
    };
    const quiet = Object.entries(QUIET).map(([check, run]) => report(name, check, run(stage)));
    for (const [check, run] of Object.entries(CHECKS)) {
      // A restart would end what the quiet ones wait for only after its grace; they are let finish first.
      if (run === checks.restart) await Promise.all(quiet);
      await report(name, check, run(stage));
    }
  } finally {
    await proxy?.stop();
    await Promise.all([first.stop("SIGKILL"), second.stop("SIGKILL"), provider.stop()]);
  }
}

const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : Object.keys(PROXIES)) await tryProxy(name);
process.exit(failed === 0 ? 0 : 1);
