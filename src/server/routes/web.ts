import type { Elysia } from "elysia";
import { ASSET_PATHS, type WebFile } from "../../web/paths.ts";

/** What `/openapi.json` says of these paths stands in `web/reference/describe.ts`. */
const HIDDEN = { detail: { hide: true } };

/**
 * A page may load and call this server and nothing else; no HTML is ever made from text, and no other page may
 * show it in a frame.
 */
const CONTENT_SECURITY_POLICY = [
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
].join("; ");

/**
 * The pages, for people and for machines, and the files that they load.
 * @param describe makes what `/openapi.json` answers; called once, by the first who wants it or a page made from it
 */
export function addWebRoutes(app: Elysia, describe: () => Promise<unknown>): void {
  let described: Promise<unknown> | undefined;
  const document = () => (described ??= describe());
  let made: ReturnType<WebPages["referencePages"]> | undefined;
  const page = (path: string, fileIn: (pages: WebPages) => WebFile | Promise<WebFile>) => {
    const handler = async () => answer(await fileIn(await loadPages()));
    app.get(path, handler, HIDDEN).head(path, handler, HIDDEN);
  };
  page("/", (pages) => pages.CHAT_PAGE);
  for (const path of ASSET_PATHS) page(path, (pages) => pages.ASSETS[path]);
  for (const path of ["/docs", "/llms.txt"] as const) {
    page(path, async (pages) => {
      made ??= pages.referencePages(await document());
      return made[path];
    });
  }
  app.get("/openapi.json", document, HIDDEN).head("/openapi.json", document, HIDDEN);
}

type WebPages = typeof import("../../web/pages.ts");

/** Loaded by the first who asks for a page: from source they are bundled then, which takes a tenth of a second. */
function loadPages(): Promise<WebPages> {
  return import("../../web/pages.ts");
}

function answer({ type, body }: WebFile): Response {
  return new Response(body, {
    headers: {
      "content-type": type,
      "cache-control": "no-cache",
      "content-security-policy": CONTENT_SECURITY_POLICY,
    },
  });
}
