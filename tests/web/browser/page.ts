/** The chat page in a browser, as a user meets it: by the names of things, never by their classes. */

import { afterAll, beforeAll } from "bun:test";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { type Program, type ProgramOptions, startProgram } from "../../support/program.ts";
import { launchChromium } from "./chromium.ts";

export interface Stage {
  readonly program: () => Program;
  /** A page in a browser of its own: nothing is stored from one test to the next. */
  open(path?: string, options?: BrowserContextOptions): Promise<OpenPage>;
}

export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** Requests to other servers, faults of scripts, and what the page's policy refused. Must stay empty. */
  readonly complaints: readonly string[];
}

/** Starts the program and a browser for the tests of a file. */
export function setStage(options: ProgramOptions = {}): Stage {
  let program: Program;
  let browser: Browser;
  beforeAll(async () => {
    [program, browser] = await Promise.all([
      startProgram({ ...options, args: [...(options.args ?? []), "--no-detect"] }),
      launchChromium(),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await program[Symbol.asyncDispose]();
  });
  return {
    program: () => program,
    async open(path = "/", contextOptions = {}) {
      const context = await browser.newContext({ baseURL: program.url, ...contextOptions });
      const page = await context.newPage();
      const complaints = listen(page, program.url);
      await page.goto(path);
      return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
    },
  };
}

/** A status that says no is an answer like any other, though the browser notes it as an error. */
const REFUSED = /^Failed to load resource: the server responded with a status of \d+/;

function listen(page: Page, own: string): readonly string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    const isBad = message.type() === "error" || message.type() === "warning";
    if (isBad && !REFUSED.test(message.text())) complaints.push(`console: ${message.text()}`);
  });
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => undefined);
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${own}/`) && !url.startsWith("data:") && !url.startsWith("blob:"))
      complaints.push(`request: ${url}`);
  });
  return complaints;
}

export function box(page: Page): Locator {
  return page.getByRole("textbox", { name: "Message", exact: true });
}

export function log(page: Page): Locator {
  return page.getByRole("log");
}

export function send(page: Page): Locator {
  return page.getByRole("button", { name: "Send", exact: true });
}

export function stop(page: Page): Locator {
  return page.getByRole("button", { name: "Stop", exact: true });
}

/** Begins a new conversation and waits until it is the one that is seen. */
export async function beginAnew(page: Page): Promise<void> {
  await page.getByRole("button", { name: "New conversation" }).click();
  await until(async () => (await page.getByRole("article").count()) === 0);
}

/** Sends a message and waits until its answer has ended. */
export async function say(page: Page, text: string): Promise<void> {
  await begin(page, text);
  await ended(page);
}

/** Sends a message and waits until its answer has begun. */
export async function begin(page: Page, text: string): Promise<void> {
  const answers = await page.getByRole("article", { name: "Answer" }).count();
  await box(page).fill(text);
  await box(page).press("Enter");
  await page.getByRole("article", { name: "Answer" }).nth(answers).waitFor();
}

export async function ended(page: Page): Promise<void> {
  await send(page).waitFor();
}

export function lastAnswer(page: Page): Locator {
  return page.getByRole("article", { name: "Answer" }).last();
}

/** Chooses one of the demo's models. */
export async function useModel(page: Page, model: string): Promise<void> {
  await openConnect(page);
  await page.getByLabel("Model", { exact: true }).fill(model);
  await page.getByRole("button", { name: "Use this" }).click();
}

export async function openConnect(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "Connect a provider" }).click();
  const sheet = page.getByRole("dialog", { name: "Connect a provider" });
  await sheet.waitFor();
  return sheet;
}

/** The words of an element, as they are shown. */
export async function read(element: Locator): Promise<string> {
  await element.waitFor();
  return (await element.allInnerTexts()).join("\n");
}

/** The last answer with its facts unfolded: time, tokens, model and session. */
export async function withFacts(page: Page): Promise<string> {
  const answer = lastAnswer(page);
  await answer
    .getByText(/to first token$|· built in$/)
    .first()
    .click();
  return await read(answer);
}

/** All that the browser keeps for the page, as one text. */
export function stored(page: Page): Promise<string> {
  return page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
}

/** Settles when something is so. The page is asked again and again; the test's own time limit ends it. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await Bun.sleep(20);
}
