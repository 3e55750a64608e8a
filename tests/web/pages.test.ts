import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { ASSET_PATHS } from "../../src/web/paths.ts";
import { type Program, startProgram } from "../support/program.ts";

let program: Program;
beforeAll(async () => {
  program = await startProgram({ args: ["--no-detect"], env: { NASH_LLM_TOKEN: "the-token" } });
});
afterAll(() => program[Symbol.asyncDispose]());

const PATHS = ["/", "/docs", "/llms.txt", "/openapi.json", ...ASSET_PATHS];

/** Our own example addresses, which are nobody's, and names that are never loaded: of XML's spaces, in warnings. */
const OWN_EXAMPLES =
  /^(?:http:\/\/demo\.invalid|http:\/\/127\.0\.0\.1:\d+|http:\/\/www\.w3\.org|https:\/\/github\.com\/(?:highlightjs|markedjs)(?=\/))(?![\w.])/;

describe.each(PATHS)("%s", (path) => {
  test("is there without a token, and names no address but our own", async () => {
    const response = await fetch(program.url + path);
    expect(response.status).toBe(200);
    const text = await response.text();
    const addresses = text.match(/(?:https?:)?\/\/[a-z0-9][\w-]*(?:\.[\w-]+)+[^\s"'`<>)\\]*/gi) ?? [];
    expect(addresses.filter((address) => !OWN_EXAMPLES.test(address))).toEqual([]);
  });
});

const TYPES: Readonly<Record<string, string>> = {
  "/": "text/html; charset=utf-8",
  "/docs": "text/html; charset=utf-8",
  "/llms.txt": "text/plain; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
};

describe.each(PATHS.filter((path) => path !== "/openapi.json"))("the headers of %s", (path) => {
  test("are the same for GET and HEAD, and let nothing in", async () => {
    for (const method of ["GET", "HEAD"]) {
      const { status, headers } = await fetch(program.url + path, { method });
      expect(status).toBe(200);
      expect(headers.get("content-type")).toBe(TYPES[path] ?? TYPES[path.split(".").at(-1) ?? ""] ?? "");
      expect(headers.get("cache-control")).toBe("no-cache");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      const policy = headers.get("content-security-policy")?.split("; ") ?? [];
      expect(policy).toEqual([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src data: blob:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ]);
    }
  });
});

describe.each(["/", "/docs"])("the page %s", (path) => {
  test("loads files of this server alone, all of which are there", async () => {
    const html = await (await fetch(program.url + path)).text();
    const loaded = [
      ...html.matchAll(/<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)="([^"]*)"/g),
    ].map(([, address]) => address ?? "");
    expect(loaded.length).toBeGreaterThanOrEqual(4);
    const files = loaded.filter((address) => !address.startsWith("data:image/png;base64,"));
    for (const file of files) expect((await fetch(program.url + file)).status).toBe(200);
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:/i);
  });

  test("is well formed where a reader without eyes needs it", async () => {
    const html = await (await fetch(program.url + path)).text();
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1');
    expect(html).toMatch(/<title>[^<]+<\/title>/);
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });
});

test("nothing of ours makes HTML out of text; the policy refuses it to the libraries", async () => {
  const root = join(import.meta.dir, "../../src/web");
  const files = [...new Bun.Glob("{chat,docs,markdown,shared}/**/*.{ts,tsx}").scanSync(root)];
  expect(files.length).toBeGreaterThan(30);
  for (const file of files) {
    expect(await Bun.file(join(root, file)).text()).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function/i,
    );
  }
});

test("another method is answered with those that there are", async () => {
  const response = await fetch(`${program.url}/docs`, { method: "DELETE" });
  expect(response.status).toBe(405);
  expect(response.headers.get("allow")).toContain("GET");
});
