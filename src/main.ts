/**
 * The program. Some of the runtime's ways are settled by variables that have to be there before the process starts, so the
 * process first executes itself again with them. Nothing is imported before that.
 */
const VARIABLES: Readonly<Record<string, string>> = {
  // `fetch` holds 256 requests at once without it.
  BUN_CONFIG_MAX_HTTP_REQUESTS: "65535",
  // Compiled code that has not run for some seconds is thrown away without it: a request after a pause would pay for it
  // again (docs/decisions/0016-where-the-rest-goes.md).
  BUN_JSC_forceCodeBlockLiveness: "1",
};

const isMissing = Object.entries(VARIABLES).some(([name, value]) => process.env[name] !== value);
if (isMissing && process.execve !== undefined) {
  const script = process.argv[1] ?? "";
  // In the compiled program the script lies inside it, and is no argument.
  const args = /^(?:\/\$bunfs\/|[A-Z]:[\\/]~BUN[\\/])/.test(script) ? [] : [...process.execArgv, script];
  try {
    process.execve(process.execPath, [process.execPath, ...args, ...process.argv.slice(2)], {
      ...process.env,
      ...VARIABLES,
    });
  } catch {
    // Where that cannot be, the limit is told and kept to (`requestLimit` in config.ts).
  }
}
// It has been read, and is no business of programs that this one starts.
delete process.env["BUN_JSC_forceCodeBlockLiveness"];

const { run } = await import("./cli/program.ts");
process.exit(await run(process.argv.slice(2)));

export {};
