import { embedScript, embedStyle, embedText } from "./embed.ts" with { type: "macro" };

export interface WebFile {
  readonly type: string;
  readonly body: string;
}

const HTML = "text/html; charset=utf-8";
const SCRIPT = "text/javascript; charset=utf-8";
const STYLE = "text/css; charset=utf-8";

/** The chat page. */
export const CHAT_PAGE: WebFile = { type: HTML, body: await embedText("chat/page.html") };

/** What the pages load, by path. */
export const ASSETS: Readonly<Record<string, WebFile>> = {
  "/assets/theme.js": { type: SCRIPT, body: embedScript("shared/theme.ts") },
  "/assets/chat.js": { type: SCRIPT, body: embedScript("chat/main.ts") },
  "/assets/chat.css": { type: STYLE, body: embedStyle("chat/page.css") },
};
