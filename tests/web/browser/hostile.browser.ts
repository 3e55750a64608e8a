import { expect, test } from "bun:test";
import { lastAnswer, log, say, setStage, useModel } from "./page.ts";

const stage = setStage();

/** What a model, or what it read, could try to make of the page. Each would call `pwned` if it came to life. */
const ATTEMPTS = [
  "<script>pwned()</script>",
  "<img src=x onerror=pwned()>",
  "<svg onload=pwned()><animate onbegin=pwned() attributeName=x></svg>",
  "<iframe srcdoc='<script>parent.pwned()</script>'></iframe>",
  "<a href='javascript:pwned()'>click</a> [click](javascript:pwned()) <javascript:pwned()>",
  "[click](&#106;avascript:pwned()) [click](JAVASCRIPT:pwned()) [click](java\tscript:pwned())",
  "![x](https://tracker.example/pixel.png) <img src=https://tracker.example/pixel.png>",
  "[x](data:text/html,<script>pwned()</script>)",
  "```html\n<script>pwned()</script>\n```\n`<img src=x onerror=pwned()>`",
  '```"><img src=x onerror=pwned()>\ncode\n```',
  "| <img src=x onerror=pwned()> | b |\n|---|---|\n| <script>pwned()</script> | [y](javascript:pwned()) |",
  "# <img src=x onerror=pwned()>\n> <script>pwned()</script>\n- <details open ontoggle=pwned()>",
  "<style>*{display:none}</style><link rel=stylesheet href=https://tracker.example/x.css>",
  "<form action=https://tracker.example><button>Send</button></form><base href=https://tracker.example>",
  "\u0000\u202e<b onmouseover=pwned()>x</b>\u2028</textarea></script><script>pwned()</script>",
];

test("no words of a model come to life", async () => {
  await using opened = await stage.open("/docs");
  const { page, complaints } = opened;
  await page.addInitScript(() => {
    Object.assign(globalThis, { attacks: 0, pwned: () => Object.assign(globalThis, { attacks: 1 }) });
  });
  await page.goto("/");
  await useModel(page, "demo-echo");
  for (const attempt of ATTEMPTS) await say(page, attempt);

  const found = await log(page).evaluate((node) => ({
    elements: node.querySelectorAll("script, img, svg, iframe, style, link, form, base, object, embed")
      .length,
    handlers: [...node.querySelectorAll("*")].filter((element) =>
      [...element.attributes].some(({ name }) => name.startsWith("on") || name === "style"),
    ).length,
    links: [...node.querySelectorAll("a")].map((link) => ({
      scheme: link.protocol,
      rel: link.rel,
      target: link.target,
    })),
  }));
  expect(found.elements).toBe(0);
  expect(found.handlers).toBe(0);
  expect(found.links.length).toBeGreaterThan(0);
  for (const link of found.links) {
    expect(link).toEqual({ scheme: "https:", rel: "noopener noreferrer nofollow", target: "_blank" });
  }
  for (const link of await log(page).getByText("click", { exact: true }).all())
    await link.click({ trial: true });
  await lastAnswer(page).click();
  expect(await page.evaluate(() => Reflect.get(globalThis, "attacks"))).toBe(0);
  // Nothing was asked of another server, and nothing came far enough for the page's policy to refuse it.
  expect(complaints).toEqual([]);

  // From the browser's storage the same words come back as harmless.
  await page.reload();
  await lastAnswer(page).waitFor();
  expect(await page.evaluate(() => Reflect.get(globalThis, "attacks"))).toBe(0);
  expect(complaints).toEqual([]);
});

test("no words of a provider's error come to life", async () => {
  await using opened = await stage.open();
  const { page, complaints } = opened;
  await page.route("**/v1/chat/completions/stream", (route) =>
    route.fulfill({
      status: 400,
      json: {
        error: { type: "invalid_request", message: ATTEMPTS.join(""), param: "<b>x</b>", retryable: false },
      },
    }),
  );
  await say(page, "Hello!");
  expect(await lastAnswer(page).locator("script, img, svg, iframe, b").count()).toBe(0);
  expect(complaints).toEqual([]);
});

test("the page's policy refuses what a script would do", async () => {
  await using opened = await stage.open();
  const outcome = await opened.page.evaluate(async () => {
    const refused: string[] = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
      refused.push(effectiveDirective),
    );
    await fetch("https://tracker.example/").catch(() => undefined);
    const picture = new Image();
    await new Promise((resolve) => {
      picture.onerror = resolve;
      picture.src = "https://tracker.example/x.png";
    });
    let html = "was set";
    try {
      Reflect.set(document.createElement("div"), "innerHTML", "<b>x</b>");
    } catch {
      html = "was refused";
    }
    return { refused, html };
  });
  expect(outcome.refused).toEqual(expect.arrayContaining(["connect-src", "img-src"]));
  expect(outcome.html).toBe("was refused");
});
