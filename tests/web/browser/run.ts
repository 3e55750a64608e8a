/** `npm run test:browser`: the tests that need a Chromium, where there is one. */
import { findChromium } from "./chromium.ts";

/** How long one test may take, and all of them, in milliseconds. A browser on a busy machine is slow. */
const TIMEOUT_MS = 60_000;
const ALL_MS = 600_000;

const path = findChromium();
if (path === undefined) {
  process.stdout.write(
    "\nThe tests in a browser DID NOT RUN: there is no Chromium here. Install one (apt-get install chromium), or name it with CHROMIUM_PATH.\n\n",
  );
} else {
  process.stdout.write(`Browser: ${path}\n`);
  const files = [...new Bun.Glob("*.browser.ts").scanSync(import.meta.dir)].map(
    (name) => `${import.meta.dir}/${name}`,
  );
  const command = [process.execPath, "test", "--timeout", String(TIMEOUT_MS), ...files.toSorted()];
  const tests = Bun.spawn(command, {
    stdio: ["ignore", "inherit", "inherit"],
    cwd: `${import.meta.dir}/../../..`,
    timeout: ALL_MS,
  });
  const code = await tests.exited;
  if (tests.signalCode !== null)
    process.stdout.write(`The tests in a browser were ended: ${tests.signalCode}.\n`);
  process.exitCode = code;
}
