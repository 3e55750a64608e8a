import { embedBase64, embedScript, embedStyle, embedText } from "./embed.ts" with { type: "macro" };
import type { AssetPath, WebFile } from "./paths.ts";
import { referenceAsMarkdown } from "./reference/markdown.ts";
import { referenceAsPage } from "./reference/page.ts";
import { readReference } from "./reference/reference.ts";

const HTML = "text/html; charset=utf-8";
const SCRIPT = "text/javascript; charset=utf-8";
const STYLE = "text/css; charset=utf-8";

/** The icon of all pages, a PNG image. */
const ICON = `data:image/png;base64,${embedBase64("shared/icon.png")}`;

/** The chat page. */
export const CHAT_PAGE: WebFile = {
  type: HTML,
  body: embedText("chat/page.html").replace("data:image/png;base64,ICON", ICON),
};

/** What the pages load, by path. */
export const ASSETS: Readonly<Record<AssetPath, WebFile>> = {
  "/assets/theme.js": { type: SCRIPT, body: embedScript("shared/theme.ts") },
  "/assets/chat.js": { type: SCRIPT, body: embedScript("chat/main.tsx") },
  "/assets/chat.css": { type: STYLE, body: embedStyle("chat/page.css") },
  "/assets/docs.js": { type: SCRIPT, body: embedScript("docs/main.ts") },
  "/assets/docs.css": { type: STYLE, body: embedStyle("docs/page.css") },
};

/**
 * The pages that are made from the document of `/openapi.json`, by path.
 * @param document what that path answers
 */
export function referencePages(document: unknown): Readonly<Record<"/docs" | "/llms.txt", WebFile>> {
  const reference = readReference(document);
  return {
    "/docs": { type: HTML, body: referenceAsPage(reference, ICON) },
    "/llms.txt": { type: "text/plain; charset=utf-8", body: referenceAsMarkdown(reference) },
  };
}
