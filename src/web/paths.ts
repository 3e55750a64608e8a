/** The files that the pages load. */
export const ASSET_PATHS = [
  "/assets/theme.js",
  "/assets/chat.js",
  "/assets/chat.css",
  "/assets/docs.js",
  "/assets/docs.css",
] as const;

export type AssetPath = (typeof ASSET_PATHS)[number];

export interface WebFile {
  /** The content type. */
  readonly type: string;
  readonly body: string;
}
