import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newHome, openClient } from "../../support/client-process.ts";

// Each of these starts programs, on machines of any speed.
setDefaultTimeout(20_000);

const ECHO = ["--model", "demo-echo"];
const ENTER = "\r";
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const UP = "\u001b[A";
const PASTE = (text: string) => `\u001b[200~${text}\u001b[201~`;

const stateOf = (home: string) => join(home, ".local/state/nash-llm");

describe("a conversation at the terminal", () => {
  test("the first minute: demo, question, /curl, /summarize, Ctrl-C twice", async () => {
    using home = newHome();
    await using client = openClient([], { home, env: { NASH_LLM_DETECT: "true" } });
    await client.shows("looking…");
    await client.shows("Built-in DEMO: scripted text, no AI, nothing leaves this machine.");
    await client.shows("export OPENAI_API_KEY=…");
    await client.shows("demo› ");
    client.type(`hello${ENTER}`);
    await client.shows("[demo] Hello!");
    await client.shows("to first token");
    await client.shows("saved");
    await client.shows("demo› ");
    client.type(`/curl${ENTER}`);
    await client.shows("curl -N http://127.0.0.1:8001/v1/chat/completions/stream");
    await client.shows("demo› ");
    client.type(`/summarize${ENTER}`);
    await client.shows(" → ");
    await client.shows("tokens");
    await client.shows("demo› ");
    client.type(CTRL_C);
    await client.shows("Ctrl-C again to leave");
    client.type(CTRL_C);
    await client.shows("To go on: nash-llm client -c");
    expect(await client.exited).toBe(130);
  });

  test("Ctrl-C stops the answer, keeps what came, and stays", async () => {
    using home = newHome();
    await using client = openClient(["--model", "demo-numbered"], { home });
    await client.shows("› ");
    client.type(`count${ENTER}`);
    await client.shows("tok-0005");
    client.type(CTRL_C);
    await client.shows("Stopped; what came is kept.");
    await client.shows("› ");
    client.type(CTRL_D);
    expect(await client.exited).toBe(0);
    const [file = ""] = readdirSync(join(stateOf(home.path), "sessions"));
    const [, turn = ""] = readFileSync(join(stateOf(home.path), "sessions", file), "utf8").split("\n");
    const answer = JSON.parse(turn).messages[1].content;
    expect(answer).toContain("tok-0005");
    expect(answer).not.toContain("tok-0500");
  });

  test("Ctrl-C before the first word takes the question back; /retry puts it again", async () => {
    using home = newHome();
    await using client = openClient(["--model", "demo-slow"], { home });
    await client.shows("› ");
    client.type(`early${ENTER}`);
    await client.shows("1 s");
    client.type(CTRL_C);
    await client.shows("Stopped.");
    client.type(`/model demo-echo${ENTER}`);
    await client.shows("Now demo-echo");
    client.type(`/retry${ENTER}`);
    await client.shows("early\n".replace("\n", "\r\n"));
    await client.shows("to first token");
    client.type(CTRL_D);
    expect(await client.exited).toBe(0);
  });

  test("Ctrl-C on a line with something in it clears it", async () => {
    using home = newHome();
    await using client = openClient(ECHO, { home });
    await client.shows("› ");
    client.type("not this");
    await client.shows("not this");
    client.type(CTRL_C);
    await client.shows("› ");
    client.type(`but that${ENTER}`);
    await client.shows("but that\r\n");
    await client.shows("to first token");
    expect(client.text()).not.toContain("Ctrl-C again");
    client.type(CTRL_D);
    expect(await client.exited).toBe(0);
  });

  test("what is pasted is one input, however many lines it has", async () => {
    using home = newHome();
    await using client = openClient(ECHO, { home });
    await client.shows("› ");
    client.type(`look: ${PASTE("one\rtwo\r/exit\r")}`);
    await client.shows("look: [4 lines: one two /exit]");
    client.type(ENTER);
    await client.shows("look: one\r\ntwo\r\n/exit\r\n");
    await client.shows("to first token");
    client.type(CTRL_D);
    expect(await client.exited).toBe(0);
  });

  test("several lines: between quotes, and after a backslash", async () => {
    using home = newHome();
    await using client = openClient(ECHO, { home });
    await client.shows("› ");
    client.type(`"""one${ENTER}`);
    await client.shows("… ");
    client.type(`two"""${ENTER}`);
    await client.shows("one\r\ntwo\r\n");
    await client.shows("› ");
    client.type(`three\\${ENTER}`);
    await client.shows("… ");
    client.type(`four${ENTER}`);
    await client.shows("three\r\nfour\r\n");
    await client.shows("› ");
    client.type(CTRL_D);
    expect(await client.exited).toBe(0);
  });

  test("history: the arrow brings back the last line, in the next run too", async () => {
    using home = newHome();
    {
      await using client = openClient(ECHO, { home });
      await client.shows("› ");
      client.type(`remember me${ENTER}`);
      await client.shows("to first token");
      await client.shows("› ");
      client.type(CTRL_D);
      expect(await client.exited).toBe(0);
    }
    expect(statSync(join(stateOf(home.path), "history")).mode & 0o777).toBe(0o600);
    await using client = openClient([...ECHO, "-c"], { home });
    await client.shows("› remember me");
    await client.shows("remember me\r\n");
    await client.shows("2 messages so far.");
    await client.shows("› ");
    client.type(UP);
    await client.shows("remember me");
    client.type(CTRL_C + CTRL_D);
    expect(await client.exited).toBe(0);
  });

  test("--no-history leaves no file", async () => {
    using home = newHome();
    await using client = openClient([...ECHO, "--no-history", "--no-save"], { home });
    await client.shows("› ");
    client.type(`forget me${ENTER}`);
    await client.shows("to first token");
    await client.shows("› ");
    client.type(CTRL_D);
    expect(await client.exited).toBe(0);
    expect(() => readdirSync(stateOf(home.path))).toThrow();
  });

  test("what is typed while an answer comes waits for its end", async () => {
    using home = newHome();
    await using client = openClient(["--model", "demo"], { home });
    await client.shows("› ");
    client.type(`first one${ENTER}second one${ENTER}/exit${ENTER}`);
    await client.shows('You said "first one"');
    await client.shows('You said "second one"');
    expect(await client.exited).toBe(0);
  });

  test("/edit takes the last question back into the line", async () => {
    using home = newHome();
    await using client = openClient(ECHO, { home });
    await client.shows("› ");
    client.type(`first try${ENTER}`);
    await client.shows("to first token");
    await client.shows("› ");
    client.type(`/edit${ENTER}`);
    await client.shows("› first try");
    client.type(`, changed${ENTER}`);
    await client.shows("first try, changed\r\n");
    client.type(CTRL_D);
    expect(await client.exited).toBe(0);
  });

  test("a failure tells its cause and what to type next, and the conversation goes on", async () => {
    using home = newHome();
    await using client = openClient(["--model", "demo-429"], { home });
    await client.shows("› ");
    client.type(`hello${ENTER}`);
    await client.shows("(rate_limit)");
    await client.shows("In 7 s: /retry.");
    await client.shows("› ");
    client.type(`/exit${ENTER}`);
    expect(await client.exited).toBe(0);
  });

  test("SIGTERM hands the terminal back", async () => {
    using home = newHome();
    await using client = openClient(ECHO, { home });
    await client.shows("› ");
    process.kill(client.pid, "SIGTERM");
    expect(await client.exited).toBe(0);
    expect(client.raw()).toContain("\u001b[?2004l");
  });

  test("a history that cannot be written breaks nothing", async () => {
    using home = newHome();
    writeFileSync(join(home.path, "file"), "");
    await using client = openClient(ECHO, { home, env: { XDG_STATE_HOME: join(home.path, "file") } });
    await client.shows("› ");
    client.type(`hello${ENTER}`);
    await client.shows("not saved");
    await client.shows("cannot be kept on disk");
    await client.shows("› ");
    client.type(CTRL_D);
    expect(await client.exited).toBe(0);
  });
});
