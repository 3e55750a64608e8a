import { describe, expect, test } from "bun:test";
import { ended, lastAnswer, read, say, setStage, until, useModel, withFacts } from "./page.ts";

const stage = setStage();

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

describe("a failure is told in words", () => {
  test("a key that was refused", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    await useModel(page, "demo-401");
    await say(page, "Hello!");
    const answer = await withFacts(page);
    expect(answer).toContain("The provider refused the key.");
    expect(answer).toMatch(UUID);
    await lastAnswer(page).getByRole("button", { name: "Check the connection" }).click();
    await page.getByRole("dialog", { name: "Connect a provider" }).waitFor();
  });

  test("an answer that broke off keeps its text and can be had again", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    await useModel(page, "demo-cut");
    await say(page, "Hello!");
    expect(await read(lastAnswer(page))).toMatch(/tok-0010[\s\S]*The answer broke off before its end\./);
    await useModel(page, "demo-echo");
    await page.getByRole("button", { name: "Try again" }).click();
    // The old answer has ended, too: it is replaced a moment later.
    await until(async () => (await read(lastAnswer(page))).includes("Hello!"));
    await ended(page);
    expect(await page.getByRole("article", { name: "Answer" }).count()).toBe(1);
  });

  test("a pause that the provider asks for runs down", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    await useModel(page, "demo-429");
    await say(page, "Hello!");
    await page.getByRole("button", { name: /^Try again in \d s$/ }).waitFor();
  });

  test("an answer that ended for its length, and one without a word", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    await useModel(page, "demo-length");
    await say(page, "Hello!");
    expect(await read(lastAnswer(page))).toContain("the model’s limit was reached");
    await useModel(page, "demo-empty");
    await say(page, "Hello!");
    expect(await read(lastAnswer(page))).toContain("without a word");
  });

  test("a server that is gone", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    await page.route("**/v1/chat/**", (route) => route.abort("connectionrefused"));
    await say(page, "Hello!");
    expect(await read(lastAnswer(page))).toContain("nash-llm does not answer.");
  });
});
