import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { newHome, runClient } from "../../support/client-process.ts";
import { programCommand } from "../../support/program.ts";

// Each of these starts programs, on machines of any speed.
setDefaultTimeout(120_000);

const ECHO = ["--model", "demo-echo"];

describe("one answer", () => {
  test("a prompt with an empty home and nothing else: the demo, which says that it is one", async () => {
    using home = newHome();
    const { code, stdout, stderr } = await runClient(["Hello"], { home });
    expect(code).toBe(0);
    expect(stdout).toStartWith("[demo] ");
    expect(stdout).toEndWith("\n");
    expect(stderr).toBe("");
  });

  test("a text through a pipe is the question; below a prompt where there is one", async () => {
    using home = newHome();
    expect((await runClient(ECHO, { home, stdin: "from a pipe\n" })).stdout).toBe("from a pipe\n");
    expect((await runClient([...ECHO, "above"], { home, stdin: "below\n" })).stdout).toBe("above\n\nbelow\n");
  });

  test("plain text goes into a pipe as it is, Markdown and controls alike", async () => {
    using home = newHome();
    const text = "# a **b** `c`\n\u001b[31m| x |\u0007";
    expect((await runClient([...ECHO, "--raw"], { home, stdin: text })).stdout).toBe(text);
  });

  test("--color always renders into a pipe, without what the model slipped in", async () => {
    using home = newHome();
    const { stdout } = await runClient([...ECHO, "--color", "always"], {
      home,
      stdin: "**b** \u001b]0;t\u0007x",
    });
    expect(stdout).toBe("\u001b[1mb\u001b[22m x\u001b[0m\n");
  });

  test("whoever stops reading ends it quietly", async () => {
    using home = newHome();
    const words = [...programCommand(), "client", "--model", "demo-endless", "x"];
    const client = words.map((word) => `'${word}'`).join(" ");
    const shell = Bun.spawn(["sh", "-c", `${client} < /dev/null | head -c 20`], {
      env: { PATH: process.env["PATH"] ?? "", HOME: home.path },
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr] = await Promise.all([
      new Response(shell.stdout).text(),
      new Response(shell.stderr).text(),
    ]);
    expect(await shell.exited).toBe(0);
    expect(stdout).toHaveLength(20);
    expect(stderr).toBe("");
  });

  test("a system message and sampling are sent", async () => {
    using home = newHome();
    const { stdout } = await runClient(["--system", "Be brief", "--max-tokens", "5", "--json", "Hello"], {
      home,
    });
    expect(JSON.parse(stdout)).toMatchObject({ finish_reason: "length" });
  });
});

describe("exit codes", () => {
  test.each([
    ["demo-401", 4, "authentication"],
    ["demo-403", 4, "permission"],
    ["demo-402", 5, "quota"],
    ["demo-429", 5, "rate_limit"],
    ["demo-quota", 5, "quota"],
    ["demo-500", 6, "upstream"],
    ["demo-503", 6, "overloaded"],
    ["demo-html", 6, "bad_output"],
    ["demo-cut", 7, "incomplete"],
    ["demo-error-mid", 7, "overloaded"],
    ["demo-400", 2, "invalid_request"],
    ["demo-overflow", 2, "context_overflow"],
  ])("%s: %d", async (model, code, type) => {
    using home = newHome();
    const outcome = await runClient(["--model", model, "Hello"], { home });
    expect(outcome.stderr).toContain(`(${type})`);
    expect(outcome.code).toBe(code);
  });

  test.each([
    ["demo-length", "limit of length"],
    ["demo-filter", "filter"],
    ["demo-empty", "said nothing"],
    ["demo-tool", "said nothing"],
  ])("%s: 7, and stderr says why the answer is not whole", async (model, words) => {
    using home = newHome();
    const { code, stderr } = await runClient(["--model", model, "Hello"], { home });
    expect({ code, told: stderr.includes(words) }).toEqual({ code: 7, told: true });
  });

  test("3 where no key is there for whom was asked", async () => {
    using home = newHome();
    for (const args of [
      ["--provider", "openai"],
      ["--model", "claude-x"],
      ["--base-url", "https://a.invalid/v1"],
    ]) {
      const { code, stdout, stderr } = await runClient([...args, "Hello"], { home });
      expect({ args, code, stdout }).toEqual({ args, code: 3, stdout: "" });
      expect(stderr).toContain("--api-key-file");
    }
  });

  test("3 where a model is nobody's: the demo does not stand in", async () => {
    using home = newHome();
    const { code, stdout } = await runClient(["--model", "llama-nowhere", "Hello"], { home });
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
  });

  test("2 for wrong use", async () => {
    using home = newHome();
    for (const args of [
      [],
      ["--temperature", "hot", "x"],
      ["--modle", "x"],
      ["-c", "x"],
      ["-s", "abc", "x"],
    ]) {
      const { code, stdout, stderr } = await runClient(args, { home });
      expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: "" });
      expect(stderr).not.toBe("");
    }
  });

  test("a model at the top of the settings' file is the client's", async () => {
    using home = newHome();
    const file = `${home.path}/nash.toml`;
    await Bun.write(file, 'model = "demo-echo"\nmax-streams = 100\n\n[client]\nraw = true\n');
    const { stdout, stderr } = await runClient(["--config", file, "Hello"], { home });
    expect({ stdout, stderr }).toEqual({ stdout: "Hello", stderr: "" });
    await Bun.write(file, 'modle = "demo-echo"\n');
    expect(await runClient(["--config", file, "Hello"], { home })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("modle"),
    });
  });

  test("6 where nobody listens", async () => {
    using home = newHome();
    // Port 1 is one on which nothing listens, and no test can take it.
    const dead = "http://127.0.0.1:1";
    const { code, stderr } = await runClient(["--server", dead, "Hello"], { home });
    expect(code).toBe(6);
    expect(stderr).toContain(dead);
    expect(stderr).toContain("--server");
    expect(stderr).not.toContain("demo.invalid");
    expect((await runClient(["--base-url", dead, "--model", "x", "Hello"], { home })).code).toBe(6);
  });
});
