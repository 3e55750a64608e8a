import { describe, expect, test } from "bun:test";
import { begin, box, ended, lastAnswer, read, setStage, stop, until, useModel } from "./page.ts";

const stage = setStage();

describe("Stop", () => {
  test("ends a provider that has said nothing yet", async () => {
    await using opened = await stage.open();
    const { page, complaints } = opened;
    await useModel(page, "demo-slow");
    await begin(page, "Hello!");
    await stop(page).click();
    await lastAnswer(page).getByText("Stopped before the first word.").waitFor();
    await ended(page);
    expect(await box(page).evaluate((node) => node === document.activeElement)).toBe(true);
    await until(async () => (await openAnswers()) === 0);
    expect(complaints).toEqual([]);
  });

  test("keeps what came, also by the Escape key", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    await useModel(page, "demo-numbered-2000-50");
    await begin(page, "Go");
    await lastAnswer(page).getByText("tok-0003").waitFor();
    await box(page).press("Escape");
    await lastAnswer(page).getByText("Stopped here. What came is kept.").waitFor();
    expect(await read(lastAnswer(page))).toContain("tok-0001 tok-0002 tok-0003");
    await until(async () => (await openAnswers()) === 0);
  });
});

async function openAnswers(): Promise<number> {
  const answer = await fetch(`${stage.program().url}/ready`);
  return (await answer.json()).open;
}
