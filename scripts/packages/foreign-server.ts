/** Servers of others as processes: they are given a port, and asked until they answer. */

/** Starts a program of which nothing is read. @param env variables beside those of this process */
export const spawn = (
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Bun.Subprocess =>
  Bun.spawn([...command], {
    env: { ...process.env, ...env },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });

export async function end(child: Bun.Subprocess): Promise<void> {
  child.kill();
  await child.exited;
}

/** @throws where the program ends, or does not answer within a minute */
export async function listening(port: number, child: Bun.Subprocess, path = "/"): Promise<void> {
  for (const until = performance.now() + 60_000; performance.now() < until; await Bun.sleep(100)) {
    if (child.exitCode !== null) break;
    const status = await fetch(`http://127.0.0.1:${port}${path}`).then(
      (response) => response.status,
      () => 0,
    );
    if (status !== 0 && status !== 503) return;
  }
  throw new Error(`Nothing answers on port ${port}.`);
}
