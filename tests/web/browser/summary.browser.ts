import { describe, expect, test } from "bun:test";
import { read, say, send, setStage, useModel } from "./page.ts";

const stage = setStage();

describe("a summary", () => {
  test("shows what it saves, stands in for what was said, and can be taken back", async () => {
    await using opened = await stage.open();
    const { page, complaints } = opened;
    await say(page, "My name is Ada. We meet on 3 May at 10:00 in Lisbon.");
    await say(page, "Let's move it to 4 May, same time and place.");
    await page.getByRole("button", { name: "Summarize" }).click();
    const card = page.getByRole("article", { name: "Summary" });
    await card.waitFor();
    const [, before, after] = /([\d,]+) tokens before\s+([\d,]+) after/.exec(await read(card)) ?? [];
    expect(Number(after)).toBeLessThan(Number(before));

    await card.getByRole("button", { name: "Undo" }).click();
    await card.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Summarize" }).click();
    await card.waitFor();
    const [request] = await Promise.all([
      page.waitForRequest((one) => one.url().endsWith("/v1/chat/completions/stream")),
      say(page, "What is my name?"),
    ]);
    expect(request.postDataJSON().messages).toEqual([
      { role: "assistant", content: expect.stringContaining("Previous conversation summary:\n") },
      { role: "user", content: "What is my name?" },
    ]);
    expect(complaints).toEqual([]);
  });

  test("that fails says why, and loses nothing", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    await say(page, "Hello!");
    await useModel(page, "demo-401");
    await page.getByRole("button", { name: "Summarize" }).click();
    await page.getByText(/^No summary\. The provider refused the key\./).waitFor();
    await send(page).waitFor();
    expect(await page.getByRole("article", { name: "Answer" }).count()).toBe(1);
  });
});
