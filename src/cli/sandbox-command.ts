import { startSandbox } from "../sandbox/server.ts";
import { EXIT, UsageError } from "./exit.ts";

/** `nash-llm sandbox`: the scripted provider on a port of its own, until it is told to stop. */
export async function runSandbox(port: string): Promise<number> {
  const number = Number(port);
  if (!Number.isInteger(number) || number < 0 || number > 65_535)
    throw new UsageError("--port must be a whole number from 0 to 65535.");
  const sandbox = startSandbox({ port: number });
  process.stdout.write(`sandbox   ${sandbox.url}\n`);
  await new Promise((resolve) => process.once("SIGTERM", resolve).once("SIGINT", resolve));
  await sandbox.stop();
  return EXIT.done;
}
