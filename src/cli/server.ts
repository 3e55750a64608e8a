import type { Secrets, Settings } from "../config.ts";
import { stackOf } from "../server/log.ts";
import { EXIT } from "./exit.ts";
import { listen, serverOptions } from "./serve.ts";

/** `nash-llm serve`: runs until it is told to stop. */
export async function runServer(settings: Settings, secrets: Secrets): Promise<number> {
  const options = serverOptions(settings, secrets);
  const server = listen(options);
  // A net, never the plan: whatever slips through is logged, and the other answers go on.
  const logged = (error: unknown) => options.logger.error({ stack: stackOf(error) });
  process.on("unhandledRejection", logged).on("uncaughtException", logged);
  if (!settings.quiet) process.stdout.write(`nash-llm ${options.version}   ${server.url}\n`);
  await stopSignal();
  // A second signal ends the process at once: the runtime's own handling is back in force.
  await server.stop(settings.drainTimeout * 1000);
  return EXIT.done;
}

/** Settles with the first SIGTERM or SIGINT. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      process.off("SIGTERM", stop);
      process.off("SIGINT", stop);
      resolve();
    };
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
  });
}
