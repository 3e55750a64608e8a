import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newHome, runClient } from "../../support/client-process.ts";

// Each of these starts programs, on machines of any speed.
setDefaultTimeout(120_000);

const ECHO = ["--model", "demo-echo"];

describe("JSON", () => {
  test("--json prints one object", async () => {
    using home = newHome();
    const { stdout, code } = await runClient([...ECHO, "--json", "Hello"], { home });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      content: "Hello",
      session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      model: "demo-echo",
      api_base_url: "http://demo.invalid/v1",
      usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
      finish_reason: "stop",
    });
  });

  test("--json tells of a failure, with the text that came before it", async () => {
    using home = newHome();
    const { stdout, stderr } = await runClient(["--model", "demo-cut", "--json", "Hello"], { home });
    expect(JSON.parse(stdout)).toMatchObject({
      content: expect.stringContaining("tok-0010"),
      error: { type: "incomplete", retryable: true },
    });
    expect(stderr).toBe("");
  });

  test.each<[args: string[], code: number, words: string]>([
    [["--json"], 2, "Nothing was asked"],
    [["--json", "--modle", "x"], 2, "--modle"],
    [["--temperature", "hot", "--json", "x"], 2, "temperature"],
    [["--json", "--jsonl", "x"], 2, "not both"],
    [["--json", "--provider", "openai", "Hello"], 3, "--api-key-file"],
    [["--json", "--api-key-file", "/nowhere/at/all", "Hello"], 3, "/nowhere/at/all"],
    [["--json", "--model", "llama-nowhere", "Hello"], 3, "llama-nowhere"],
    [["--jsonl", "--model", "llama-nowhere", "Hello"], 3, "llama-nowhere"],
  ])("%p, before anybody is asked: one object, exit code %d", async (args, expected, words) => {
    using home = newHome();
    const { code, stdout, stderr } = await runClient(args, { home });
    expect(code).toBe(expected);
    expect(stdout).toEndWith("}\n");
    expect(JSON.parse(stdout)).toEqual({
      ...(args.includes("--json") ? {} : { type: "end" }),
      content: "",
      session_id: null,
      error: { type: "invalid_request", message: expect.stringContaining(words), retryable: false },
    });
    expect(stderr).toContain(words);
  });

  test("--json is a word like others behind --", async () => {
    using home = newHome();
    const { code, stdout } = await runClient(["--model", "llama-nowhere", "--", "--json"], { home });
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
  });

  test("--jsonl prints each event, and the whole at the end", async () => {
    using home = newHome();
    const { stdout } = await runClient(["--model", "demo-reasoning", "--jsonl", "Hello"], { home });
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events[0]).toEqual({ type: "session", session_id: expect.any(String) });
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(["session", "reasoning", "text", "usage", "end"]),
    );
    const text = events.filter(({ type }) => type === "text").map((event) => event.text);
    expect(events.at(-1)).toMatchObject({ type: "end", content: text.join(""), finish_reason: "stop" });
  });

  test("what a terminal could take for a command is escaped", async () => {
    using home = newHome();
    const { stdout } = await runClient([...ECHO, "--json"], { home, stdin: "\u001b[31m \u009b2J \u202e" });
    expect(stdout).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
    expect(JSON.parse(stdout)).toMatchObject({ content: "\u001b[31m \u009b2J \u202e" });
  });
});

describe("keys", () => {
  test("from a file, or the first line of standard input, whose rest is the question", async () => {
    using home = newHome();
    const file = join(home.path, "key");
    writeFileSync(file, "sk-one\n");
    const echo = ["--base-url", "http://demo.invalid/v1", ...ECHO];
    expect((await runClient([...echo, "--api-key-file", file, "hi"], { home })).stdout).toBe("hi\n");
    expect((await runClient([...echo, "--api-key-file", "-"], { home, stdin: "sk-two\nhi\n" })).stdout).toBe(
      "hi\n",
    );
  });

  test("a file without a key: 3", async () => {
    using home = newHome();
    const file = join(home.path, "key");
    writeFileSync(file, "two words\n");
    const args = ["--provider", "openai", "hi", "--api-key-file"];
    expect((await runClient([...args, file], { home })).code).toBe(3);
    expect((await runClient([...args, join(home.path, "none")], { home })).code).toBe(3);
  });

  test("no flag takes a key", async () => {
    using home = newHome();
    expect((await runClient(["--api-key", "sk-secret", "hi"], { home })).code).toBe(2);
  });
});

describe("what is kept", () => {
  const folder = (home: string) => join(home, ".local/state/nash-llm/sessions");

  test("a turn is one line of JSON, for nobody else to read, without a key", async () => {
    using home = newHome();
    const { stdout } = await runClient([...ECHO, "--json", "Hello"], { home });
    const path = join(folder(home.path), `${JSON.parse(stdout).session_id}.jsonl`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(folder(home.path)).mode & 0o777).toBe(0o700);
    const [opening, turn] = readFileSync(path, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(opening).toMatchObject({ type: "session" });
    expect(turn).toMatchObject({
      type: "turn",
      model: "demo-echo",
      messages: [{ role: "user" }, { role: "assistant" }],
    });
    expect(JSON.stringify(turn)).not.toContain("key");
  });

  test("-c goes on with the last, -s with one, in the same session and with the same model", async () => {
    using home = newHome();
    const first = JSON.parse((await runClient([...ECHO, "--json", "one"], { home })).stdout);
    await runClient(["--model", "demo-fast", "another"], { home });
    const id: string = first.session_id;
    const second = await runClient(["-s", id.slice(0, 8), "--json", "two"], { home });
    expect(JSON.parse(second.stdout)).toMatchObject({ session_id: id, model: "demo-echo", content: "two" });
    expect(JSON.parse((await runClient(["-c", "--json", "three"], { home })).stdout).session_id).toBe(id);
    const lines = readFileSync(join(folder(home.path), `${id}.jsonl`), "utf8")
      .trimEnd()
      .split("\n");
    expect(lines.slice(1).map((line) => JSON.parse(line).messages[0].content)).toEqual([
      "one",
      "two",
      "three",
    ]);
  });

  test("XDG_STATE_HOME moves it, --no-save leaves nothing", async () => {
    using home = newHome();
    await runClient([...ECHO, "Hello"], { home, env: { XDG_STATE_HOME: join(home.path, "elsewhere") } });
    expect(readdirSync(join(home.path, "elsewhere/nash-llm/sessions"))).toHaveLength(1);
    await runClient([...ECHO, "--no-save", "Hello"], { home });
    expect(() => readdirSync(folder(home.path))).toThrow();
  });

  test("a place that cannot be written to breaks nothing", async () => {
    using home = newHome();
    // A file where the folder should be: even root cannot write below it.
    writeFileSync(join(home.path, "file"), "");
    chmodSync(join(home.path, "file"), 0o400);
    const { code, stdout } = await runClient([...ECHO, "Hello"], {
      home,
      env: { XDG_STATE_HOME: join(home.path, "file") },
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "Hello\n" });
  });
});

describe("a conversation through a pipe", () => {
  test("ends with /exit, takes commands, and gives the code of its last answer", async () => {
    using home = newHome();
    const { code, stdout } = await runClient(["--model", "demo"], {
      home,
      stdin: "My name is Ada\nWhat is my name?\n/summarize\n/exit\n",
    });
    expect(code).toBe(0);
    expect(stdout).toContain("your name is Ada");
    expect(stdout).toContain("Summary");
  });

  test("-i takes each line as a message, quotes keep several together", async () => {
    using home = newHome();
    const { stdout } = await runClient([...ECHO, "-i"], {
      home,
      stdin: 'one\ntwo \\\nthree\n"""\nfour\n\nfive\n"""\n',
    });
    expect(stdout).toBe("one\ntwo \nthree\nfour\n\nfive\n");
  });

  test("an unknown command says so and goes on", async () => {
    using home = newHome();
    const { stdout, stderr } = await runClient([...ECHO, "-i"], {
      home,
      stdin: "/sumarize\n/etc/passwd is a file\n",
    });
    expect(stderr).toContain("Did you mean /summarize?");
    expect(stdout).toBe("/etc/passwd is a file\n");
  });

  test("/curl prints the request without the key", async () => {
    using home = newHome();
    const { stdout } = await runClient([...ECHO, "-i"], { home, stdin: "it's\n/curl\n" });
    expect(stdout).toContain("curl -N http://127.0.0.1:8001/v1/chat/completions/stream");
    expect(stdout).toContain(`"content":"it'\\''s"`);
  });

  test("/save, /clear and /load: out of one conversation into another", async () => {
    using home = newHome();
    const file = join(home.path, "chat.json");
    const stdin = [
      "one",
      "/system Be brief",
      `/save ${file}`,
      `/save ${file}`,
      "/clear",
      "two",
      `/load ${file}`,
      `/save ${join(home.path, "chat.md")}`,
      "/tokens",
      "/sessions",
    ].join("\n");
    const { stdout, stderr, code } = await runClient([...ECHO, "-i"], { home, stdin });
    expect({ stdout, code }).toEqual({ stdout: "one\ntwo\n", code: 0 });
    expect(stderr).toContain(`${file} is there already`);
    expect(stderr).toContain("3 messages");
    expect(stderr).toMatch(/\d+ tokens/);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
      format: "nash-llm-conversations",
      version: 2,
      conversations: [
        {
          messages: [
            { role: "system", content: "Be brief" },
            { role: "user", content: "one" },
            { role: "assistant" },
          ],
        },
      ],
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(home.path, "chat.md"), "utf8")).toContain("## user\n\none\n");
    expect(readdirSync(join(home.path, ".local/state/nash-llm/sessions"))).toHaveLength(2);
  });

  test("/model lists what there is, and goes on with another", async () => {
    using home = newHome();
    const { stdout, stderr } = await runClient([...ECHO, "-i"], {
      home,
      stdin: "/model\n/model claude-x\n/model demo-tool\n/model demo-echo\nhello\n",
    });
    expect(stderr).toContain("demo-slow, demo-window");
    expect(stderr).toContain("export ANTHROPIC_API_KEY=…");
    expect(stderr).toContain("No key for Anthropic.");
    expect(stderr).toContain("Now demo-tool of demo.");
    expect(stdout).toBe("hello\n");
  });
});
