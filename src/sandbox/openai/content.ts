import { isObject, type JsonObject } from "../../core/json.ts";
import { refuse } from "./errors.ts";
import { emptyArray, missing, wrongChoice, wrongType } from "./fields.ts";

const PARTS = ["text", "image_url", "input_audio", "refusal", "audio", "file"];
const TEXT_ONLY = new Set(["system", "developer", "tool", "function"]);
const INLINE_IMAGE = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$/;

/**
 * The text of a message's content.
 * @throws {RequestRejected} For content that this role cannot have.
 */
export function checkContent(message: JsonObject, role: string, path: string): string {
  const content = message["content"];
  const param = `${path}.content`;
  if (typeof content === "string") return content;
  if (content === null || content === undefined) {
    const excused =
      role === "assistant" && (message["tool_calls"] ?? message["function_call"] ?? message["refusal"]);
    if (excused) return "";
    return refuse("Invalid value for 'content': expected a string, got null.", {
      param: param.replace("[", ".["),
    });
  }
  if (!Array.isArray(content)) return wrongType(param, "one of a string or array of objects", content);
  if (content.length === 0) return emptyArray(param);
  return content.map((part, index) => partText(part, role, path, index)).join("");
}

function partText(part: unknown, role: string, path: string, index: number): string {
  const place = `${path}.content[${index}]`;
  if (!isObject(part)) return wrongType(place, "an object", part);
  const type = part["type"];
  if (type === undefined) return missing(`${place}.type`);
  if (typeof type !== "string" || !PARTS.includes(type)) return wrongChoice(`${place}.type`, type, PARTS);
  if (type === "text" || type === "refusal") {
    const text = part[type];
    return typeof text === "string" ? text : missing(`${place}.${type}`);
  }
  if (type === "image_url") {
    if (role !== "user") {
      refuse(
        `Invalid '${path}'. Image URLs are only allowed for messages with role 'user', but this message with role ` +
          `'${role}' contains an image URL.`,
        { code: "invalid_value", param: path },
      );
    }
    checkImage(part["image_url"], `${place}.image_url`);
    return "";
  }
  if (TEXT_ONLY.has(role)) {
    refuse(`Invalid '${path}'. Content blocks are expected to be either text or image_url type.`, {
      code: "invalid_value",
      param: path,
    });
  }
  return "";
}

function checkImage(image: unknown, place: string): void {
  if (!isObject(image)) wrongType(place, "an object", image);
  const url = image["url"];
  if (typeof url !== "string") missing(`${place}.url`);
  if (URL.canParse(url) && /^https?:/.test(url)) return;
  if (INLINE_IMAGE.test(url)) return;
  refuse(
    "You uploaded an unsupported image. Please make sure your image has of one the following formats: " +
      "['png', 'jpeg', 'gif', 'webp'].",
    { code: "invalid_image_format" },
  );
}
