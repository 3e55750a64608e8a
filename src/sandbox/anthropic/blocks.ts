import { isObject, type JsonObject } from "../../core/json.ts";
import { signatureOf, unseal } from "../sealed.ts";
import { refuse } from "./errors.ts";
import { checkNames, requiredObject, requiredText, wrongTag } from "./fields.ts";

const COMMON = ["type", "cache_control"];
const BLOCKS: Readonly<Record<string, { readonly fields: ReadonlySet<string>; readonly role?: string }>> = {
  text: { fields: new Set([...COMMON, "text", "citations"]) },
  image: { fields: new Set([...COMMON, "source"]), role: "user" },
  document: { fields: new Set([...COMMON, "source", "title", "context", "citations"]), role: "user" },
  tool_use: { fields: new Set([...COMMON, "id", "name", "input", "caller"]), role: "assistant" },
  tool_result: { fields: new Set([...COMMON, "tool_use_id", "content", "is_error"]), role: "user" },
  thinking: { fields: new Set(["type", "thinking", "signature"]), role: "assistant" },
  redacted_thinking: { fields: new Set(["type", "data"]), role: "assistant" },
};
const INSIDE_RESULT = ["text", "image", "document"];
const IMAGE_TYPES = ["image/jpeg", "image/png", "image/gif", "image/webp"];
const ID = /^[a-zA-Z0-9_-]+$/;

/** A block that is as it must be. */
export interface Block {
  readonly type: string;
  readonly text: string;
  /** Of a tool call or of the call that a result answers. */
  readonly id: string;
  /** Where it stands, for errors. */
  readonly place: string;
}

/**
 * The blocks of a message's content, a string being one text block.
 * @throws {RequestRejected} For whatever Anthropic refuses in them.
 */
export function checkBlocks(content: unknown, role: string, place: string): readonly Block[] {
  if (typeof content === "string") {
    if (content === "") return emptyMessage(place);
    checkText(content, "messages");
    return [{ type: "text", text: content, id: "", place: `${place}.content.0` }];
  }
  if (content === undefined) return refuse(`${place}.content: Field required`);
  if (!Array.isArray(content)) return refuse(`${place}.content: Input should be a valid list`);
  if (content.length === 0) return emptyMessage(place);
  return content.map((block, index) => checkBlock(block, role, `${place}.content.${index}`));
}

/** @throws {RequestRejected} For empty text and text of spaces alone. */
export function checkText(text: string, where: string): void {
  if (text === "") refuse(`${where}: text content blocks must be non-empty`);
  if (text.trim() === "") refuse(`${where}: text content blocks must contain non-whitespace text`);
}

function emptyMessage(place: string): never {
  return refuse(
    `${place}: all messages must have non-empty content except for the optional final assistant message`,
  );
}

/** One block; `allowed` are the types that may stand here. */
export function checkBlock(
  block: unknown,
  role: string,
  place: string,
  allowed = Object.keys(BLOCKS),
): Block {
  if (!isObject(block)) return refuse(`${place}: Input should be an object`);
  const type = block["type"];
  const known = typeof type === "string" && allowed.includes(type) ? BLOCKS[type] : undefined;
  if (typeof type !== "string" || known === undefined) return wrongTag(place, type, allowed);
  if (known.role !== undefined && known.role !== role) {
    return refuse(`${place}: \`${type}\` blocks can only be in \`${known.role}\` messages`);
  }
  const path = `${place}.${type}`;
  checkNames(block, path, known.fields);
  return { type, place, ...readBlock(block, type, path) };
}

function readBlock(block: JsonObject, type: string, path: string): { text: string; id: string } {
  let text = "";
  let id = "";
  switch (type) {
    case "text":
      text = requiredText(block, "text", path);
      checkText(text, path.startsWith("system") ? "system" : "messages");
      break;
    case "image":
      checkImage(requiredObject(block, "source", path), `${path}.source`);
      break;
    case "tool_use":
      id = checkId(block, "id", path);
      requiredText(block, "name", path);
      requiredObject(block, "input", path);
      break;
    case "tool_result":
      id = checkId(block, "tool_use_id", path);
      text = resultText(block["content"], path);
      break;
    case "thinking":
      if (signatureOf(requiredText(block, "thinking", path)) !== requiredText(block, "signature", path))
        refuse(`${path.replace(/\.thinking$/, "")}: Invalid \`signature\` in \`thinking\` block`);
      break;
    case "redacted_thinking":
      if (unseal(requiredText(block, "data", path)) === undefined)
        refuse(
          `${path.replace(/\.redacted_thinking$/, "")}: Invalid \`data\` in \`redacted_thinking\` block`,
        );
      break;
  }
  return { text, id };
}

function checkId(block: JsonObject, name: string, path: string): string {
  const id = requiredText(block, name, path);
  return ID.test(id) ? id : refuse(`${path}.${name}: String should match pattern '${ID.source}'`);
}

function resultText(content: unknown, path: string): string {
  if (content === undefined || content === null) return "";
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return refuse(`${path}.content: Input should be a valid list`);
  return content
    .map((block, index) => checkBlock(block, "user", `${path}.content.${index}`, INSIDE_RESULT).text)
    .join("");
}

function checkImage(source: JsonObject, path: string): void {
  switch (source["type"]) {
    case "base64": {
      const mediaType = requiredText(source, "media_type", `${path}.base64`);
      if (!IMAGE_TYPES.includes(mediaType)) {
        const names = "'image/jpeg', 'image/png', 'image/gif' or 'image/webp'";
        refuse(`${path}.base64.media_type: Input should be ${names}`);
      }
      const data = requiredText(source, "data", `${path}.base64`);
      if (!/^[A-Za-z0-9+/]+={0,2}$/.test(data)) refuse(`${path}.base64.data: Invalid base64 data`);
      return;
    }
    case "url":
      if (!/^https?:\/\//.test(requiredText(source, "url", `${path}.url`))) {
        refuse(`${path}.url.url: Only HTTPS URLs are supported.`);
      }
      return;
    case "file":
      requiredText(source, "file_id", `${path}.file`);
      return;
    default:
      wrongTag(path, source["type"], ["base64", "url", "file"]);
  }
}
