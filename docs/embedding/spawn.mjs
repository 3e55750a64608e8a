import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";

/**
 * Starts a nash-llm of this program's own, on a free port and with a token that nobody else knows. It ends with this
 * program, however that ends.
 * @param {string} program where the binary lies
 * @param {readonly string[]} further more arguments, such as `--config` and a file
 */
export async function startNashLlm(program, further = []) {
  const token = randomBytes(32).toString("hex");
  const flags = ["--port", "0", "--quiet", "--ready-json", "--exit-with-parent", "--log-level", "warn"];
  const server = spawn(program, ["serve", ...flags, ...further], {
    // In a variable: arguments are there for every user of the machine to read.
    env: { ...process.env, NASH_LLM_TOKEN: token },
    stdio: ["ignore", "pipe", "inherit"],
    windowsHide: true,
  });
  const ended = new Promise((_, reject) => {
    server.once("error", reject);
    server.once("exit", (code, signal) => reject(new Error(`nash-llm ended with ${signal ?? code}`)));
  });
  const [line] = await Promise.race([once(createInterface(server.stdout), "line"), ended]);
  ended.catch(() => undefined);
  const { url } = JSON.parse(line);
  return {
    url,
    token,
    /** Lets running answers end for up to 30 s, as SIGTERM does; on Windows it ends at once. */
    async stop() {
      if (server.exitCode !== null || server.signalCode !== null) return;
      server.kill();
      await once(server, "exit");
    },
  };
}
