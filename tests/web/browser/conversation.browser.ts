import { describe, expect, test } from "bun:test";
import {
  begin,
  beginAnew,
  box,
  ended,
  lastAnswer,
  log,
  read,
  say,
  send,
  setStage,
  stop,
  until,
  useModel,
  withFacts,
} from "./page.ts";

const stage = setStage();

const SESSION = "3f0c2a7e-5b1d-4f6a-9c8e-2d7b1a6e4f50";
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

describe("the first look", () => {
  test("says what answers, and waits for a message", async () => {
    await using opened = await stage.open();
    const { page, complaints } = opened;
    await page.getByText("DEMO, not an AI").waitFor();
    expect(await box(page).evaluate((node) => node === document.activeElement)).toBe(true);
    expect(
      await page
        .getByRole("region", { name: /What would you like/ })
        .getByRole("listitem")
        .count(),
    ).toBe(3);
    expect(await send(page).isVisible()).toBe(true);
    expect(await stop(page).isVisible()).toBe(false);
    expect(complaints).toEqual([]);
  });

  test("an example asks itself, and an answer streams", async () => {
    await using opened = await stage.open();
    const { page, complaints } = opened;
    await page.getByRole("button", { name: /Hello! What are you/ }).click();
    await stop(page).waitFor();
    await ended(page);
    expect(await read(log(page))).toContain("[demo]");
    expect(complaints).toEqual([]);
  });

  test("the first message may come at once", async () => {
    await using opened = await stage.open();
    await say(opened.page, "Hello!");
    expect(await read(lastAnswer(opened.page))).toContain("[demo]");
  });
});

describe("a conversation", () => {
  test("is one session, with facts under each answer", async () => {
    await using opened = await stage.open();
    const { page, complaints } = opened;
    await say(page, "My name is Ada.");
    expect(await read(lastAnswer(page))).not.toMatch(UUID);
    const first = await withFacts(page);
    await say(page, "What is my name?");
    const second = await withFacts(page);
    expect(second).toContain("your name is Ada");
    for (const answer of [first, second]) {
      expect(answer).toMatch(/\d+\.\d\d s to first token/);
      expect(answer).toMatch(/\d+ tokens in, \d+ out/);
      expect(answer).toMatch(UUID);
    }
    expect(UUID.exec(second)?.[0]).toBe(UUID.exec(first)?.[0] ?? "");
    await page.getByText(/\d+ tokens of [\d,]+|\d+ tokens$/).waitFor();
    expect(complaints).toEqual([]);
  });

  test("Enter sends, Shift and Enter makes a line, and nothing is sent twice", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    await useModel(page, "demo-echo");
    await box(page).pressSequentially("one");
    await box(page).press("Shift+Enter");
    await box(page).pressSequentially("two");
    await box(page).press("Enter");
    await ended(page);
    expect(await page.getByRole("article", { name: "You" }).allInnerTexts()).toEqual([
      expect.stringMatching(/^one\ntwo/),
    ]);
    expect(await box(page).inputValue()).toBe("");
    await box(page).press("Enter");
    expect(await page.getByRole("article", { name: "You" }).count()).toBe(1);
  });

  test("what is typed while an answer comes stays in the box", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    await useModel(page, "demo-numbered-200-50");
    await begin(page, "Go");
    await box(page).fill("next");
    await box(page).press("Enter");
    expect(await box(page).inputValue()).toBe("next");
    expect(await page.getByRole("article", { name: "You" }).count()).toBe(1);
    await stop(page).click();
    await ended(page);
  });

  test("reasoning stands apart", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    await useModel(page, "demo-reasoning");
    await say(page, "Hello!");
    await lastAnswer(page).getByText("Reasoning", { exact: true }).click();
    await lastAnswer(page).getByText("The script says to think first").waitFor();
  });

  test("can be retried and edited", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    await useModel(page, "demo-echo");
    await say(page, "first");
    await say(page, "second");
    await page.getByRole("button", { name: "Retry" }).click();
    await ended(page);
    expect(await page.getByRole("article", { name: "Answer" }).count()).toBe(2);

    const [question] = await page.getByRole("article", { name: "You" }).all();
    await question?.hover();
    await question?.getByRole("button", { name: "Edit" }).click();
    await page.getByRole("textbox", { name: "Edited text" }).fill("changed");
    await page.getByRole("button", { name: "Ask again" }).click();
    await ended(page);
    expect(await page.getByRole("article", { name: "You" }).count()).toBe(1);
    expect(await read(lastAnswer(page))).toContain("changed");
  });

  test("several live side by side; one answers on while another is read", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    await useModel(page, "demo-numbered-150-50");
    await begin(page, "the long one");
    await beginAnew(page);
    await useModel(page, "demo-echo");
    await say(page, "the short one");
    await page.getByRole("navigation").getByRole("button", { name: "the long one", exact: true }).click();
    await lastAnswer(page).getByText("tok-0150").waitFor();
    await ended(page);
  });

  test("is found by its words, and takes another name", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    await useModel(page, "demo-echo");
    await say(page, "about whales");
    await beginAnew(page);
    await say(page, "about lisbon");
    const entries = page.getByRole("navigation").getByRole("listitem");
    await page.getByRole("searchbox", { name: "Search conversations" }).fill("WHALES");
    await until(async () => (await entries.count()) === 1);
    await entries.hover();
    await entries.getByRole("button", { name: "Rename about whales" }).click();
    await page.getByRole("textbox", { name: "New title" }).fill("Big fish");
    await page.keyboard.press("Enter");
    await page.getByRole("navigation").getByRole("button", { name: "Big fish", exact: true }).waitFor();
    await page.reload();
    await page.getByRole("navigation").getByRole("button", { name: "Big fish", exact: true }).waitFor();
  });

  test("has settings of its own, which are sent", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    await page.getByRole("button", { name: "Settings" }).click();
    const sheet = page.getByRole("dialog", { name: "This conversation" });
    await sheet.getByLabel("System prompt").fill("Be brief.");
    await sheet.getByLabel("Temperature").fill("0.5");
    await sheet.getByLabel("Length limit").fill("77");
    await sheet.getByLabel("Reasoning effort").selectOption("low");
    await sheet.getByText("Tools", { exact: true }).click();
    await sheet.getByLabel(/A JSON list/).fill("{");
    await sheet.getByRole("button", { name: "Keep" }).click();
    await sheet.getByText("The tools must be a JSON list of objects.").waitFor();
    await sheet.getByLabel(/A JSON list/).fill("");
    await sheet.getByRole("button", { name: "Keep" }).click();
    const [request] = await Promise.all([
      page.waitForRequest((one) => one.url().endsWith("/v1/chat/completions/stream")),
      say(page, "Hello!"),
    ]);
    expect(request.postDataJSON()).toMatchObject({
      messages: [{ role: "system", content: "Be brief." }, { role: "user" }],
      temperature: 0.5,
      max_tokens: 77,
      reasoning_effort: "low",
    });
    await beginAnew(page);
    await page.getByRole("button", { name: "Settings" }).click();
    expect(await sheet.getByLabel("System prompt").inputValue()).toBe("");
  });

  test("takes pictures by button and paste", async () => {
    await using opened = await stage.open();
    const { page, complaints } = opened;
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Attach pictures" }).click();
    await (await chooser).setFiles({ name: "x.png", mimeType: "image/png", buffer: PIXEL });
    await page.getByRole("img", { name: "Attached, 1 of 1" }).waitFor();
    await box(page).evaluate((node, base64) => {
      const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], "y.png", { type: "image/png" }));
      node.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
      );
    }, PIXEL.toString("base64"));
    await page.getByRole("img", { name: "Attached, 2 of 2" }).waitFor();
    await page.getByRole("button", { name: "Remove picture 2" }).click();
    const [request] = await Promise.all([
      page.waitForRequest((one) => one.url().endsWith("/v1/chat/completions/stream")),
      say(page, "What is it?"),
    ]);
    expect(request.postDataJSON().messages).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "What is it?" },
          { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL.toString("base64")}` } },
        ],
      },
    ]);
    await page.reload();
    await page.getByRole("article", { name: "You" }).getByRole("img", { name: "Attached, 1 of 1" }).waitFor();
    expect(complaints).toEqual([]);
  });

  test("shows the calls of tools, and sends what they gave", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    const lines = [
      { session_id: SESSION },
      { tool_call: { index: 0, id: "c1", name: "weather", arguments: '{"city":' } },
      { tool_call: { index: 0, arguments: '"Lisbon"}' } },
      { usage: { input_tokens: 1, output_tokens: 2 }, finish_reason: "tool_calls" },
      { session_id: SESSION },
    ];
    const body = `${lines.map((line) => `data: ${JSON.stringify(line)}\n\n`).join("")}data: [DONE]\n\n`;
    await page.route("**/v1/chat/completions/stream", (route) =>
      route.fulfill({ status: 200, contentType: "text/event-stream", body }),
    );
    await say(page, "How is the weather?");
    expect(await read(lastAnswer(page))).toMatch(/Calls weather[\s\S]*"city": "Lisbon"/);
    await page.getByRole("textbox", { name: "Result of weather" }).fill("sunny");
    const [request] = await Promise.all([
      page.waitForRequest((one) => one.url().endsWith("/v1/chat/completions/stream")),
      page.getByRole("button", { name: "Send the result" }).click(),
    ]);
    expect(request.postDataJSON().messages).toEqual([
      { role: "user", content: "How is the weather?" },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "c1", type: "function", function: { name: "weather", arguments: '{"city":"Lisbon"}' } },
        ],
      },
      { role: "tool", tool_call_id: "c1", content: "sunny" },
    ]);
  });

  test("is deleted after a second word, and does not come back while it is answered", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    await useModel(page, "demo-numbered-500-50");
    await begin(page, "forget me");
    const entry = page.getByRole("listitem").filter({ hasText: "forget me" });
    await entry.hover();
    await entry.getByRole("button", { name: "Delete forget me" }).click();
    await entry.getByRole("button", { name: "Really delete forget me" }).click();
    await entry.waitFor({ state: "detached" });
    await send(page).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "What would you like to know?" }).waitFor();
    expect(await page.getByRole("navigation").getByRole("listitem").count()).toBe(0);
  });
});
