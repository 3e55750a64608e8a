import { invalidField } from "../../core/failure.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ContentPart, Message, ReasoningPart } from "../../core/message.ts";
import type { Translation } from "../../core/translation.ts";
import { sentName } from "./tools.ts";

/** What stands in `input`. @see https://platform.openai.com/docs/api-reference/responses/create */
export type InputItem = Readonly<Record<string, unknown>>;

/** Ids of items are OpenAI's own: others are refused. */
const REASONING_ID = /^rs/;

/** A message as the items that it consists of: reasoning, what was said, and calls are items of their own. */
export function inputItems(
  message: Message,
  at: string,
  translation: Translation | undefined,
): readonly InputItem[] {
  if (message.role === "tool") return [callOutput(message, at, translation)];
  if (message.role !== "assistant") {
    const content =
      typeof message.content === "string"
        ? message.content
        : (message.content ?? []).map((part, i) => inputPart(part, `${at}.content[${i}]`));
    return content.length === 0 ? [] : [{ type: "message", role: message.role, content }];
  }
  const items = answerItems(message.content, at);
  for (const { id, function: called } of message.tool_calls ?? []) {
    const { name, arguments: text } = called;
    items.push({
      type: "function_call",
      call_id: id,
      name: sentName(name),
      arguments: text.trim() === "" ? "{}" : text,
    });
  }
  return items;
}

/** An answer's parts in their order: neighbours that were said are one message. */
function answerItems(content: Message["content"], at: string): InputItem[] {
  const parts: readonly ContentPart[] =
    typeof content === "string" ? [{ type: "text", text: content }] : (content ?? []);
  const items: InputItem[] = [];
  let said: JsonObject[] = [];
  for (const [i, part] of parts.entries()) {
    if (part.type === "reasoning") {
      const item = reasoningItem(part);
      if (item === undefined) continue;
      items.push(item);
      said = [];
    } else if (part.type !== "text" || part.text !== "") {
      if (said.length === 0) items.push({ type: "message", role: "assistant", content: said });
      said.push(outputPart(part, `${at}.content[${i}]`));
    }
  }
  return items.map(withPlainText);
}

/** A text alone is a string: OpenAI's types let a list of output parts stand only in an item with an id and a status. */
function withPlainText(item: InputItem): InputItem {
  const { content } = item;
  const [only, ...more] = Array.isArray(content) ? (content as JsonObject[]) : [];
  return only?.["type"] === "output_text" && more.length === 0 ? { ...item, content: only["text"] } : item;
}

/** Reasoning goes back to whom it came from, letter for letter; what other providers thought has no place here. */
export function reasoningItem({ text, encrypted }: ReasoningPart): InputItem | undefined {
  if (encrypted === undefined) return undefined;
  const { id, content } = encrypted;
  return {
    type: "reasoning",
    ...(id !== undefined && REASONING_ID.test(id) ? { id } : {}),
    summary: text === "" ? [] : [{ type: "summary_text", text }],
    encrypted_content: content,
  };
}

function outputPart(part: ContentPart, at: string): JsonObject {
  if (part.type === "text") return { type: "output_text", text: part.text };
  if (part.type === "refusal") return { type: "refusal", refusal: part.refusal };
  throw invalidField(at, "Messages of the assistant hold text alone here.");
}

function inputPart(part: ContentPart, at: string): InputItem {
  switch (part.type) {
    case "text":
      return { type: "input_text", text: part.text };
    case "refusal":
      return { type: "input_text", text: part.refusal };
    case "image_url": {
      const { url, detail } = part.image_url;
      return { type: "input_image", image_url: url, detail: detail ?? "auto" };
    }
    case "file":
      return inputFile(part.file);
    case "input_audio":
      throw invalidField(at, "OpenAI's Responses take no audio.");
    case "reasoning":
      throw invalidField(at, "Only messages of the assistant hold reasoning.");
  }
}

function inputFile({ filename, file_data: data, file_url: url, file_id: id, text }: FileContent): InputItem {
  if (text !== undefined) {
    return { type: "input_text", text: filename === undefined ? text : `${filename}:\n${text}` };
  }
  return {
    type: "input_file",
    ...(id === undefined ? {} : { file_id: id }),
    ...(url === undefined ? {} : { file_url: url }),
    ...(data === undefined ? {} : { file_data: data, filename: filename ?? "file.pdf" }),
  };
}

type FileContent = Extract<ContentPart, { type: "file" }>["file"];

/** There is no field for a tool that failed: the text says so. */
function callOutput(message: Message, at: string, translation: Translation | undefined): InputItem {
  const { content, is_error: isError = false } = message;
  let output: string | InputItem[] =
    content === null || typeof content === "string"
      ? (content ?? "")
      : content.map((part, i) => inputPart(part, `${at}.content[${i}]`));
  if (isError) {
    translation?.change("is_error");
    output = markedAsError(output);
  }
  return { type: "function_call_output", call_id: message.tool_call_id ?? "", output };
}

const SAYS_ERROR = /^\s*error\b/i;

function markedAsError(output: string | InputItem[]): string | InputItem[] {
  if (typeof output === "string") return SAYS_ERROR.test(output) ? output : `Error: ${output}`;
  const [first] = output;
  if (first?.["type"] === "input_text" && SAYS_ERROR.test(String(first["text"]))) return output;
  return [{ type: "input_text", text: "Error:" }, ...output];
}
