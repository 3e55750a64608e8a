import { expect, test } from "bun:test";
import { lastAnswer, read, say, setStage, stored } from "./page.ts";

const TOKEN = "token-canary-0123456789";
const stage = setStage({ env: { NASH_LLM_TOKEN: TOKEN } });

test("a server with a token asks for it, and the page keeps it in memory alone", async () => {
  await using opened = await stage.open();
  const { page } = opened;
  const dialog = page.getByRole("dialog", { name: "This server wants its token" });
  await dialog.waitFor();
  await dialog.getByRole("textbox", { name: "Token" }).fill("wrong");
  await dialog.getByRole("button", { name: "Go on" }).click();
  await dialog.getByText("That was not it.").waitFor();
  await dialog.getByRole("textbox", { name: "Token" }).fill(TOKEN);
  await dialog.getByRole("button", { name: "Go on" }).click();
  await dialog.waitFor({ state: "hidden" });
  await say(page, "Hello!");
  expect(await read(lastAnswer(page))).toContain("[demo]");
  expect(await stored(page)).not.toContain(TOKEN);

  await page.getByRole("button", { name: "Use it from your app" }).click();
  const code = await read(page.getByRole("region", { name: "Request" }));
  expect(code).toContain("authorization: Bearer $NASH_LLM_TOKEN");
  expect(code).not.toContain(TOKEN);

  await page.reload();
  await dialog.waitFor();
});

test("who has none is told so in words", async () => {
  await using opened = await stage.open();
  const { page } = opened;
  const dialog = page.getByRole("dialog", { name: "This server wants its token" });
  await dialog.getByRole("button", { name: "Not now" }).click();
  await page.getByRole("textbox", { name: "Message", exact: true }).fill("Hello!");
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Not now" }).click();
  await lastAnswer(page).getByText("This server wants its token.").waitFor();
});

test("the reference asks for it where something is tried", async () => {
  await using opened = await stage.open("/docs");
  const { page } = opened;
  const form = page.getByRole("form", { name: "Try POST /v1/chat/tokens" });
  await form.getByRole("button", { name: "Try it" }).click();
  await form.getByLabel("This server’s token, kept in memory only").fill(TOKEN);
  await form.getByRole("button", { name: "Try it" }).click();
  await form.getByText(/"tokens": \d+/).waitFor();
});
