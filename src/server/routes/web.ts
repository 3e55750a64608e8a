import { Elysia } from "elysia";
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
 * @param document what `/openapi.json` answers; asked for once, by the first who wants a page made from it
 */
export function webRoutes(document: () => unknown) {
  const routes = new Elysia({ name: "web" });
  let made: ReturnType<WebPages["referencePages"]> | undefined;
  const page = (path: string, fileIn: (pages: WebPages) => WebFile) => {
    const handler = async () => answer(fileIn(await loadPages()));
    routes.get(path, handler, HIDDEN).head(path, handler, HIDDEN);
  };
  page("/", (pages) => pages.CHAT_PAGE);
  for (const path of ASSET_PATHS) page(path, (pages) => pages.ASSETS[path]);
  for (const path of ["/docs", "/llms.txt"] as const) {
    page(path, (pages) => {
      made ??= pages.referencePages(document());
      return made[path];
    });
  }
  return routes;
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
