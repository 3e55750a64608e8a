import { Elysia } from "elysia";
import { ASSETS, CHAT_PAGE, type WebFile } from "../../web/pages.ts";

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

/** The pages for people, and the files that they load. */
export function webRoutes() {
  const routes = new Elysia({ name: "web" });
  for (const [path, file] of Object.entries({ "/": CHAT_PAGE, ...ASSETS })) {
    routes.get(path, () => answer(file)).head(path, () => answer(file));
  }
  return routes;
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
