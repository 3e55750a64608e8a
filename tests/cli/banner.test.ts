import { describe, expect, test } from "bun:test";
import { addressLines, foundLine, type Listening, tryLine } from "../../src/cli/banner.ts";
import { createStyle } from "../../src/cli/style.ts";

const plain = createStyle(false);
const loopback: Listening = {
  version: "1.2.3",
  host: "127.0.0.1",
  port: 8001,
  exposed: false,
  names: [],
  tokenInShell: undefined,
  windows: false,
};

describe("the addresses", () => {
  test("on loopback", () => {
    expect(addressLines(loopback, plain)).toEqual([
      "nash-llm 1.2.3   http://127.0.0.1:8001   only this computer can reach it",
      "  chat     http://127.0.0.1:8001/",
      "  docs     http://127.0.0.1:8001/docs",
      "  health   http://127.0.0.1:8001/health",
    ]);
  });

  test("an unspecified address is shown as one that can be opened here, with what others need", () => {
    const exposed = { ...loopback, exposed: true };
    const [first, chat, , , note] = addressLines({ ...exposed, host: "0.0.0.0" }, plain);
    expect(first).toBe(
      "nash-llm 1.2.3   http://127.0.0.1:8001   others on the network can reach it; /v1 wants the token",
    );
    expect(chat).toBe("  chat     http://127.0.0.1:8001/");
    expect(note).toContain("--allow-host");
    expect(addressLines({ ...exposed, host: "::" }, plain)[1]).toContain("http://[::1]:8001/");
    expect(addressLines({ ...exposed, host: "0.0.0.0", names: ["box"] }, plain)).toHaveLength(4);
    expect(addressLines({ ...exposed, host: "192.168.0.5" }, plain)).toHaveLength(4);
  });

  test("colour changes nothing of the words", () => {
    const coloured = addressLines(loopback, createStyle(true));
    expect(coloured[0]).toContain("\u001b[");
    expect(coloured.map((line) => Bun.stripANSI(line))).toEqual(addressLines(loopback, plain));
  });
});

describe("what was found", () => {
  const ollama = { name: "Ollama", api_base_url: "http://127.0.0.1:11434/v1", models: ["a", "b"] };

  test("names, ports and numbers of models", () => {
    const studio = { name: "LM Studio", api_base_url: "http://127.0.0.1:1234/v1", models: ["c"] };
    expect(foundLine([ollama, studio], plain)).toBe(
      "  found    Ollama on 11434 (2 models), LM Studio on 1234 (1 model) · no key needed",
    );
  });

  test("a server that wants a key is not said to need none", () => {
    const jan = {
      name: "Jan",
      api_base_url: "http://127.0.0.1:1337/v1",
      models: [],
      wantsKey: true,
    } as const;
    expect(foundLine([jan], plain)).toBe("  found    Jan on 1337 (wants its key)");
  });

  test("nothing", () => {
    expect(foundLine([], plain)).toBe(
      "  found    no model server on this machine; the built-in demo answers",
    );
  });
});

describe("the line to try", () => {
  test("is what a shell reads as a curl with four fields", () => {
    const words = shellWords(tryLine(loopback, plain).replace(/^ {2}try {6}/, ""));
    expect(words.slice(0, 3)).toEqual(["curl", "-N", "http://127.0.0.1:8001/v1/chat/completions/stream"]);
    expect(words.slice(3, 5)).toEqual(["-H", "content-type: application/json"]);
    expect(words[5]).toBe("-d");
    expect(JSON.parse(words[6] ?? "")).toEqual({
      messages: [{ role: "user", content: "Hello, how are you?" }],
      model: "demo",
      api_key: "any-word",
      api_base_url: "http://demo.invalid/v1",
    });
  });

  test("sends the token that is wanted", () => {
    const line = tryLine({ ...loopback, tokenInShell: "$NASH_LLM_TOKEN" }, plain);
    expect(shellWords(line, { NASH_LLM_TOKEN: "t0ken" })).toContain("authorization: Bearer t0ken");
  });

  test("on Windows it is quoted for cmd.exe", () => {
    const line = tryLine({ ...loopback, windows: true }, plain);
    expect(line).toContain('curl.exe -N http://127.0.0.1:8001/v1/chat/completions/stream -H "content-type:');
    expect(line).toContain('-d "{\\"messages\\":[{\\"role\\":\\"user\\"');
  });
});

/** The words of a line as a POSIX shell reads them. */
function shellWords(line: string, env: Record<string, string> = {}): string[] {
  const { stdout } = Bun.spawnSync(["sh", "-c", `for word in ${line}; do printf '%s\\n' "$word"; done`], {
    env,
  });
  return stdout.toString().trimEnd().split("\n");
}
