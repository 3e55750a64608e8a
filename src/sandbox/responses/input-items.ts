import { isObject, type JsonObject, objectsIn } from "../../core/json.ts";
import { refuse } from "../openai/errors.ts";
import { checkNames, missing, wrongChoice, wrongType } from "../openai/fields.ts";
import { unseal } from "../sealed.ts";

/** An item of `input` that is as it must be. */
export interface InputItem {
  readonly type: string;
  readonly role?: "user" | "assistant" | "system" | "developer";
  readonly text: string;
  readonly id?: string | undefined;
  readonly callId?: string;
}

interface ItemRule {
  readonly fields: ReadonlySet<string>;
  /** What its id begins with. */
  readonly prefix?: string;
}

const ITEMS: Readonly<Record<string, ItemRule>> = {
  message: { fields: new Set(["type", "id", "role", "content", "status", "phase"]), prefix: "msg" },
  function_call: {
    fields: new Set(["type", "id", "call_id", "name", "arguments", "status", "namespace"]),
    prefix: "fc",
  },
  function_call_output: { fields: new Set(["type", "id", "call_id", "output", "status"]), prefix: "fc" },
  custom_tool_call: {
    fields: new Set(["type", "id", "call_id", "name", "input", "status", "namespace"]),
    prefix: "ctc",
  },
  custom_tool_call_output: { fields: new Set(["type", "id", "call_id", "output", "status"]), prefix: "ctc" },
  reasoning: {
    fields: new Set(["type", "id", "summary", "content", "encrypted_content", "status"]),
    prefix: "rs",
  },
  compaction: { fields: new Set(["type", "id", "encrypted_content", "created_by"]), prefix: "cmp" },
  compaction_trigger: { fields: new Set(["type"]) },
  item_reference: { fields: new Set(["type", "id"]) },
};
/** Codex puts it on items that it sends to OpenAI, which takes it. */
const CODEX_METADATA = "internal_chat_message_metadata_passthrough";
const LONGEST_CALL_ID = 64;
const INPUT_PARTS = ["input_text", "input_image", "input_file", "input_audio"];
const OUTPUT_PARTS = ["output_text", "refusal"];

/**
 * One item of `input`; a message may leave its type out.
 * @throws {RequestRejected} For whatever OpenAI refuses in it.
 */
export function checkItem(item: JsonObject, place: string): InputItem {
  const type = item["type"] ?? (item["role"] === undefined ? undefined : "message");
  if (type === undefined) return missing(`${place}.type`);
  const rule = typeof type === "string" ? ITEMS[type] : undefined;
  if (typeof type !== "string" || rule === undefined)
    return wrongChoice(`${place}.type`, type, Object.keys(ITEMS));
  checkNames(item, place, new Set([...rule.fields, CODEX_METADATA]));
  const id = checkId(item["id"], rule.prefix, `${place}.id`);
  return { type, id, ...readItem(item, type, place) };
}

function checkId(id: unknown, prefix: string | undefined, param: string): string | undefined {
  if (id === undefined || id === null) return undefined;
  if (typeof id !== "string") return wrongType(param, "a string", id);
  if (prefix === undefined || id.startsWith(prefix)) return id;
  return refuse(`Invalid '${param}': '${id}'. Expected an ID that begins with '${prefix}'.`, {
    code: "invalid_value",
    param,
  });
}

function readItem(item: JsonObject, type: string, place: string): Omit<InputItem, "type" | "id"> {
  switch (type) {
    case "message": {
      const role = roleOf(item, place);
      return { role, text: contentText(item["content"], role, `${place}.content`) };
    }
    case "function_call":
    case "custom_tool_call": {
      const callId = requiredCallId(item, place);
      requiredString(item, "name", place);
      requiredString(item, type === "function_call" ? "arguments" : "input", place);
      return { callId, text: "" };
    }
    case "function_call_output":
    case "custom_tool_call_output":
      return {
        callId: requiredCallId(item, place),
        text: contentText(item["output"], "user", `${place}.output`),
      };
    case "reasoning":
      return { text: readReasoning(item, place) };
    case "compaction":
      return { text: openEncrypted(item, place) };
    case "item_reference":
      return notStored(String(item["id"]));
    default:
      return { text: "" };
  }
}

function readReasoning(item: JsonObject, place: string): string {
  if (!Array.isArray(item["summary"])) return missing(`${place}.summary`);
  if (item["encrypted_content"] === undefined || item["encrypted_content"] === null)
    return notStored(String(item["id"]));
  openEncrypted(item, place);
  return objectsIn(item["summary"])
    .map(({ text }) => String(text))
    .join("");
}

function notStored(id: string): never {
  return refuse(
    `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` ` +
      "set to true, or remove this item from your input.",
    { status: 404, param: "input" },
  );
}

function requiredString(item: JsonObject, name: string, place: string): string {
  const value = item[name];
  if (value === undefined || value === null) return missing(`${place}.${name}`);
  return typeof value === "string" ? value : wrongType(`${place}.${name}`, "a string", value);
}

function requiredCallId(item: JsonObject, place: string): string {
  const callId = requiredString(item, "call_id", place);
  if (callId !== "" && callId.length <= LONGEST_CALL_ID) return callId;
  const length = callId === "" ? "empty string. Expected" : "string too long. Expected a string with";
  return refuse(`Invalid '${place}.call_id': ${length} a length from 1 to ${LONGEST_CALL_ID}.`, {
    code: callId === "" ? "empty_string" : "string_above_max_length",
    param: `${place}.call_id`,
  });
}

function contentText(content: unknown, role: string, param: string): string {
  if (typeof content === "string") return content;
  if (content === undefined || content === null) return missing(param);
  if (!Array.isArray(content)) return wrongType(param, "one of a string or array of objects", content);
  const allowed = role === "assistant" ? OUTPUT_PARTS : INPUT_PARTS;
  return content.map((part: unknown, index) => partText(part, allowed, `${param}[${index}]`)).join("");
}

function partText(part: unknown, allowed: readonly string[], place: string): string {
  if (!isObject(part)) return wrongType(place, "an object", part);
  const type = part["type"];
  if (typeof type !== "string" || !allowed.includes(type)) return wrongChoice(`${place}.type`, type, allowed);
  switch (type) {
    case "input_text":
    case "output_text":
      return requiredString(part, "text", place);
    case "refusal":
      return requiredString(part, "refusal", place);
    case "input_image":
      if (part["file_id"] === undefined) checkImage(requiredString(part, "image_url", place), place);
      return "";
    default:
      return "";
  }
}

function checkImage(url: string, place: string): void {
  if (/^https?:/.test(url) && URL.canParse(url)) return;
  if (/^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$/.test(url)) return;
  refuse(
    `Invalid '${place}.image_url'. Expected a valid URL, or a base64-encoded data URL with an image MIME type ` +
      "(e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got an invalid value.",
    { code: "invalid_value", param: `${place}.image_url` },
  );
}

/** What is inside an `encrypted_content`. @throws {RequestRejected} Where it is not the sandbox's own. */
function openEncrypted(item: JsonObject, place: string): string {
  const sealed = item["encrypted_content"];
  const text = typeof sealed === "string" ? unseal(sealed) : undefined;
  if (text !== undefined) return text;
  if (typeof sealed !== "string") return wrongType(`${place}.encrypted_content`, "a string", sealed);
  return refuse(
    `The encrypted content ${sealed.slice(0, 4)}...${sealed.slice(-4)} could not be verified. Reason: Encrypted content ` +
      "could not be decrypted or parsed.",
    { code: "invalid_encrypted_content" },
  );
}

/** The role of a message item. @throws {RequestRejected} For an unknown one. */
function roleOf(item: JsonObject, place: string): "user" | "assistant" | "system" | "developer" {
  const role = item["role"];
  switch (role) {
    case "user":
    case "assistant":
    case "system":
    case "developer":
      return role;
    case undefined:
      return missing(`${place}.role`);
    default:
      return wrongChoice(`${place}.role`, role, ["assistant", "system", "developer", "user"]);
  }
}
