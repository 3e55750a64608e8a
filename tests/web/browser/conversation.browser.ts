import { describe, expect, test } from "bun:test";
import { begin, box, ended, lastAnswer, log, read, say, send, setStage, stop, useModel } from "./page.ts";

const stage = setStage();

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
    const first = await read(lastAnswer(page));
    await say(page, "What is my name?");
    const second = await read(lastAnswer(page));
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
    await page.getByRole("button", { name: "New conversation" }).click();
    await send(page).waitFor();
    await useModel(page, "demo-echo");
    await say(page, "the short one");
    await page.getByRole("navigation").getByRole("button", { name: "the long one", exact: true }).click();
    await lastAnswer(page).getByText("tok-0150").waitFor();
    await ended(page);
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
