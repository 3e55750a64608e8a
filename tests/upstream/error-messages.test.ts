import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Secret } from "../../src/core/secret.ts";
import { codeOf, networkFailure, sanitizeFailure } from "../../src/upstream/error-messages.ts";

const KEY = "sk-hedgehog-0123456789";

function shown(message: string, secret = KEY): string {
  return sanitizeFailure({ type: "upstream", message }, [new Secret(secret)]).message;
}

describe("a provider's message", () => {
  test.each<[string, string, string]>([
    ["plain", "It broke.", "It broke."],
    ["with the key", `Bad key ${KEY}.`, "Bad key [redacted]."],
    [
      "with the key split by tags",
      `Bad key ${KEY.slice(0, 9)}<b></b>${KEY.slice(9)}.`,
      "Bad key [redacted].",
    ],
    [
      "that is a page",
      "<html><head><title>502</title></head><body><h1>Bad</h1>\n\n</body></html>",
      "502 Bad",
    ],
    ["with scripts and styles", "<STYLE>a>b{c:d}</STYLE ><script>if (a<b) alert(1)</script>Bad", "Bad"],
    ["with a script that does not end", "Bad<script>alert(1)", "Bad"],
    ["with comments", "<!-- <b>nginx</b> --> Bad", "Bad"],
    ["with tags in tags", "<scr<b>ipt>Bad", "scr ipt>Bad"],
    ["with a tag that does not end", "Bad <img src=x <</", "Bad img src=x /"],
    ["with comparisons and arrows", "1 < 2 and 3 > 2 --> yes", "1 < 2 and 3 > 2 --> yes"],
    ["of spaces alone", " \n\t ", "The provider gave no message."],
    ["of tags alone", "<br><br>", "The provider gave no message."],
  ])("%s", (_name, message, expected) => {
    expect(shown(message)).toStartWith(expected);
    expect(shown(message)).not.toContain(KEY);
    expect(shown(message)).not.toMatch(/<[a-z!/]/i);
  });

  test("is cut at 2 KiB, between characters", () => {
    for (const [text, bytes] of [
      ["x", 2048],
      ["é", 2048],
      ["中", 2046],
      ["🦔", 2048],
    ] as const) {
      const message = shown(text.repeat(3000));
      expect(Buffer.byteLength(message)).toBe(bytes);
      expect(message).not.toContain("\ufffd");
    }
  });

  test("does not begin to show a key where it is cut", () => {
    expect(shown(`${"x".repeat(2040)} ${KEY}`)).not.toContain(KEY.slice(0, 6));
  });

  test("never shows the key, however it is wrapped", () => {
    const wrapping = fc.array(
      fc.oneof(
        fc.constantFrom("<b>", "</b>", "<br/>", "<!---->", "<script>", "</script>", " ", "\n"),
        fc.string(),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(wrapping, fc.nat(KEY.length), fc.boolean(), (pieces, place, isSplit) => {
        const key = isSplit ? `${KEY.slice(0, place)}<b>${KEY.slice(place)}` : KEY;
        const message = shown(pieces.join(key));
        expect(message.replaceAll(/[ \t\r\n]/g, "")).not.toContain(KEY);
        expect(message).not.toMatch(/<[a-z!/]/i);
        expect(Buffer.byteLength(message)).toBeLessThanOrEqual(2048);
      }),
    );
  });

  test("keeps everything else about the failure, and cleans the name of the field", () => {
    const failure = {
      type: "rate_limit",
      message: "Slow.",
      retryAfter: 7,
      providerStatus: 429,
      status: 429,
    } as const;
    expect(sanitizeFailure({ ...failure, param: `messages.${KEY}` }, [new Secret(KEY)])).toEqual({
      ...failure,
      param: "messages.[redacted]",
    });
  });
});

describe("a fault of the network", () => {
  test.each<[string, string]>([
    ["ECONNREFUSED", "Nothing answers at llm.example."],
    ["ConnectionRefused", "Nothing answers at llm.example."],
    ["ECONNRESET", "llm.example closed the connection without an answer."],
    [
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      "The certificate of llm.example could not be verified (DEPTH_ZERO_SELF_SIGNED_CERT).",
    ],
    ["EWEIRD", "The connection to llm.example failed (EWEIRD)."],
  ])("%s", (code, message) => {
    const error = Object.assign(new Error(`secret words about ${KEY}`), { code });
    expect(networkFailure(error, "llm.example")).toEqual({ type: "network", message });
  });

  test.each<[string, unknown]>([
    ["an error", new Error("x")],
    ["a text", "ECONNREFUSED"],
    ["nothing", null],
    ["a number as its code", Object.assign(new Error("x"), { code: 7 })],
    ["an object", { code: "ECONNREFUSED" }],
  ])("without a code: %s", (_name, error) => {
    expect(codeOf(error)).toBe("");
    expect(networkFailure(error, "llm.example").message).toBe("The connection to llm.example failed.");
  });

  test("with a code that is none is not repeated", () => {
    expect(codeOf(Object.assign(new Error("x"), { code: `<b>${KEY}</b>` }))).toBe("");
  });
});
