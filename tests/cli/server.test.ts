import { expect, spyOn, test } from "bun:test";
import { runServer } from "../../src/cli/server.ts";
import { loadSettings } from "../../src/config.ts";

const NO_SECRETS = { token: undefined, heliconeKey: undefined };

/** What `serve` writes to stdout until it is told to stop. */
async function wordsOf(flags: Record<string, unknown>): Promise<string> {
  const written: string[] = [];
  const write = spyOn(Bun, "write").mockImplementation(async (to: unknown, text: unknown) => {
    expect(to).toBe(Bun.stdout);
    return written.push(String(text));
  });
  try {
    const given = { port: 0, detect: false, logLevel: "silent", ...flags };
    const ended = runServer(loadSettings(given, undefined, {}), NO_SECRETS);
    process.emit("SIGTERM");
    expect(await ended).toBe(0);
  } finally {
    write.mockRestore();
  }
  return written.join("");
}

test("serve says where it is before it does anything else, and nothing with --quiet", async () => {
  expect(await wordsOf({ quiet: false })).toStartWith("nash-llm ");
  expect(await wordsOf({ quiet: true })).toBe("");
});
