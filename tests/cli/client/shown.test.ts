import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { newHome, openClient } from "../../support/client-process.ts";

// Each of these starts programs, on machines of any speed.
setDefaultTimeout(20_000);

const ECHO = ["--model", "demo-echo"];
const ENTER = "\r";
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const UP = "\u001b[A";

describe("what is shown", () => {
  test("Markdown, with what the model slipped in taken out", async () => {
    using home = newHome();
    await using client = openClient([...ECHO, "**bold** \u001b[2J\u001b]0;title\u0007 `code`"], { home });
    expect(await client.exited).toBe(0);
    expect(client.raw()).toContain("\u001b[1mbold\u001b[22m");
    expect(client.raw()).toMatch(/\[48;5;\d+m.\[38;5;\d+mcode/);
    expect(client.raw()).not.toContain("\u001b[2J");
    expect(client.raw()).not.toContain("title");
  });

  test.each([
    ["NO_COLOR", [], { NO_COLOR: "1" }],
    ["--no-color", ["--no-color"], {}],
  ])("%s: no colours, and Markdown is laid out all the same", async (_, args, env) => {
    using home = newHome();
    await using client = openClient([...ECHO, ...args, "# Title\n\n**bold** `code` \u001b[2J"], {
      home,
      env,
    });
    expect(await client.exited).toBe(0);
    expect(client.text()).toContain("Title");
    expect(client.text()).not.toMatch(/\*\*|# T/);
    expect(client.raw()).not.toMatch(/\[(?:[34]\d|9\d)[;m]|\[2J/);
  });

  test("TERM=dumb: text as the model wrote it, and no sequence at all", async () => {
    using home = newHome();
    await using client = openClient([...ECHO, "**bold** \u001b[2J"], { home, env: { TERM: "dumb" } });
    expect(await client.exited).toBe(0);
    expect(client.text()).toContain("**bold**");
    expect(client.raw()).not.toMatch(/\[\d+m|\[2J/);
  });

  test("--raw shows the text as the model wrote it, but no escape", async () => {
    using home = newHome();
    await using client = openClient([...ECHO, "--raw", "**bold** \u001b[2J"], { home });
    expect(await client.exited).toBe(0);
    expect(client.raw()).toContain("**bold** ");
    expect(client.raw()).not.toContain("\u001b[2J");
  });

  test("reasoning is told apart from the answer", async () => {
    using home = newHome();
    await using client = openClient(["--model", "demo-reasoning", "Hello"], { home });
    expect(await client.exited).toBe(0);
    expect(client.raw()).toContain("\u001b[2m");
    expect(client.text()).toMatch(/\S\r\n\r\n\[demo\]/);
  });

  test("a key is asked for without showing it, and is nowhere", async () => {
    using home = newHome();
    await using client = openClient(["--base-url", "http://demo-not.invalid/v1", "--model", "x"], { home });
    await client.shows("Key for demo-not.invalid (not shown): ");
    client.type(`sk-secret-123${ENTER}`);
    await client.shows("x› ");
    client.type(`hello${ENTER}`);
    await client.shows("(network)");
    await client.shows("x› ");
    client.type(UP);
    await client.shows("hello");
    client.type(CTRL_C + CTRL_D);
    expect(await client.exited).toBe(0);
    expect(client.raw()).not.toContain("sk-secret-123");
  });

  test("Ctrl-C ends one answer with 130", async () => {
    using home = newHome();
    await using client = openClient(["--model", "demo-numbered", "count"], { home });
    await client.shows("tok-0003");
    // The terminal makes this signal of Ctrl-C for its foreground process; Bun's has none.
    process.kill(client.pid, "SIGINT");
    expect(await client.exited).toBe(130);
    expect(client.text()).not.toContain("tok-0500");
  });
});
