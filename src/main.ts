import { run } from "./cli/program.ts";

/** Bun's `fetch` holds at most so many requests in flight, over all origins; its default of 256 would starve the rest. */
const MAX_REQUESTS = "65535";

/**
 * Bun reads this limit from its environment before any code of ours runs, so the program starts itself again with it.
 * The process stays the same one. Only requests through a proxy are made by `fetch`.
 */
function liftRequestLimit(): void {
  if (process.env["BUN_CONFIG_MAX_HTTP_REQUESTS"] !== undefined || process.execve === undefined) return;
  const isCompiled = Bun.main.startsWith("/$bunfs/") || Bun.main.startsWith("B:\\~BUN");
  const script = isCompiled ? [] : [...process.execArgv, Bun.main];
  process.execve(process.execPath, [process.execPath, ...script, ...process.argv.slice(2)], {
    ...process.env,
    BUN_CONFIG_MAX_HTTP_REQUESTS: MAX_REQUESTS,
  });
}

process.exit(await run(process.argv.slice(2), liftRequestLimit));
