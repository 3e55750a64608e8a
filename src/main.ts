/**
 * The program. The runtime's `fetch` holds 256 requests at once unless this variable is there before the process starts, so
 * the process first executes itself again with it. Nothing is imported before that.
 */
const REQUESTS = "BUN_CONFIG_MAX_HTTP_REQUESTS";
const MOST_REQUESTS = "65535";

if (process.env[REQUESTS] !== MOST_REQUESTS && process.execve !== undefined) {
  const script = process.argv[1] ?? "";
  // In the compiled program the script lies inside it, and is no argument.
  const args = /^(?:\/\$bunfs\/|[A-Z]:[\\/]~BUN[\\/])/.test(script) ? [] : [...process.execArgv, script];
  try {
    process.execve(process.execPath, [process.execPath, ...args, ...process.argv.slice(2)], {
      ...process.env,
      [REQUESTS]: MOST_REQUESTS,
    });
  } catch {
    // Where that cannot be, the limit is told and kept to (`requestLimit` in config.ts).
  }
}

const { run } = await import("./cli/program.ts");
process.exit(await run(process.argv.slice(2)));

export {};
