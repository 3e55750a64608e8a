import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { newHome, openClient } from "../../support/client-process.ts";
import { Screen } from "../../support/screen.ts";

// Each of these starts programs, on machines of any speed.
setDefaultTimeout(60_000);

const ROWS = 30;
const ENTER = "\r";
const CTRL_D = "\u0004";
const HOME_KEY = "\u001b[H";
const PASTE = (text: string) => `\u001b[200~${text}\u001b[201~`;
const PROMPT = "demo-echo› ";

const LONG = Array.from({ length: 20 }, (_, i) => `word${i}`).join(" ");
const WIDE = "漢字".repeat(35);

type Client = ReturnType<typeof openClient>;

/** What the line editor has on the screen when nothing more comes. */
async function edited(client: Client, columns: number): Promise<string> {
  let raw = "";
  while (raw !== client.raw()) {
    raw = client.raw();
    await Bun.sleep(250);
  }
  const screen = new Screen(columns, ROWS);
  await screen.write(raw);
  const lines = screen.lines();
  return lines.slice(lines.findIndex((line) => line.startsWith(PROMPT.trim()))).join("");
}

describe.each([40, 80, 200])("editing at %d columns", (columns) => {
  test.each([
    ["a long question", LONG],
    ["wide characters", WIDE],
  ])("%s, in one piece, key by key and pasted: no ghost", async (_, text) => {
    for (const type of [
      (client: Client) => client.type(text),
      async (client: Client) => {
        for (const key of text) {
          client.type(key);
          await Bun.sleep(1);
        }
      },
      (client: Client) => client.type(PASTE(text)),
    ]) {
      using home = newHome();
      await using client = openClient(["--model", "demo-echo", "--no-history"], { home }, columns);
      await client.shows("› ");
      await type(client);
      client.type(HOME_KEY);
      client.type("X");
      expect((await edited(client, columns)).replaceAll(" ", "")).toBe(
        `${PROMPT}X${text}`.replaceAll(" ", ""),
      );
      client.type(ENTER);
      await client.shows("to first token");
      client.type(CTRL_D);
      expect(await client.exited).toBe(0);
    }
  });
});

test("Backspace takes a joined emoji away whole", async () => {
  using home = newHome();
  await using client = openClient(["--model", "demo-echo", "--no-history", "--raw"], { home });
  await client.shows("› ");
  client.type("a👨‍👩‍👧‍👦🇩🇪é\u007f\u007f\u007fb");
  client.type(ENTER);
  await client.shows("to first token");
  expect(client.text()).toContain("\r\n");
  expect(client.text().replaceAll("\r", "")).toMatch(/\nab\n|waitingab\n/);
  client.type(CTRL_D);
  expect(await client.exited).toBe(0);
});

test("a window that changes while an answer comes loses no word", async () => {
  using home = newHome();
  await using client = openClient(["--model", "demo-numbered", "--no-history"], { home }, 100);
  await client.shows("› ");
  client.type(`count${ENTER}`);
  for (const [token, columns] of [
    ["tok-0020", 90],
    ["tok-0060", 40],
    ["tok-0100", 80],
  ] as const) {
    await client.shows(token);
    client.resize(columns);
  }
  await client.shows("to first token");
  const text = client.text();
  for (let i = 1; i <= 120; i++) expect(text).toContain(`tok-${String(i).padStart(4, "0")}`);
  expect(text).not.toContain("Warning");
  client.type(CTRL_D);
  expect(await client.exited).toBe(0);
});

test("twelve questions: the runtime warns of nothing", async () => {
  using home = newHome();
  await using client = openClient(["--model", "demo-echo", "--no-history"], { home });
  for (let i = 1; i <= 12; i++) {
    await client.shows("› ");
    client.type(`question ${i}${ENTER}`);
    await client.shows("to first token");
  }
  client.type(CTRL_D);
  expect(await client.exited).toBe(0);
  expect(client.text()).not.toContain("MaxListeners");
});

test("our own lines are broken between words", async () => {
  using home = newHome();
  await using client = openClient([], { home, env: { NASH_LLM_DETECT: "true" } }, 40);
  await client.shows("› ");
  const screen = new Screen(40, ROWS);
  await screen.write(client.raw());
  expect(screen.text()).toContain("ANTHROPIC_API_KEY");
  expect(screen.text()).toContain("OPENAI_API_KEY");
  client.type(CTRL_D);
  expect(await client.exited).toBe(0);
});

test("a session is called after its first question, whatever the system message and summaries", async () => {
  using home = newHome();
  await using client = openClient(["--model", "demo", "--no-history"], { home });
  await client.shows("› ");
  client.type(`/system Be very brief${ENTER}`);
  await client.shows("System message");
  client.type(`What is the capital of Peru?${ENTER}`);
  await client.shows("saved");
  client.type(`/summarize${ENTER}`);
  await client.shows("goes on from here");
  client.type(`/sessions${ENTER}`);
  await client.shows("What is the capital of Peru?");
  client.type(CTRL_D);
  expect(await client.exited).toBe(0);
  expect(client.text()).toContain("demo› ");
});
