import { decodeCarrier, isCarrier } from "../../core/carrier.ts";
import { unsupportedField } from "../../core/failure.ts";
import { asObject, asText, type JsonObject, objectsIn } from "../../core/json.ts";
import type {
  CacheMark,
  ContentPart,
  FilePart,
  ImagePart,
  ReasoningPart,
  TextPart,
} from "../../core/message.ts";

/** A block of a message; of a fixed kind only as far as it has been looked at. */
export type WireBlock = JsonObject;

/** The blocks of a content, which may be one text. */
export function blocksOf(content: unknown): readonly WireBlock[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : objectsIn(content);
}

/**
 * Blocks that a user may send as parts. Blank texts are left out, since providers refuse them for ever once they are in a
 * history; a caching mark on one goes to the part before it.
 * @param at where the list stands, for errors
 * @param lenient the body goes out as it came: what cannot be read is passed over
 */
export function partsOf(blocks: readonly WireBlock[], at: string, lenient: boolean): ContentPart[] {
  const parts: ContentPart[] = [];
  for (const [i, block] of blocks.entries()) {
    if (block["type"] === "text" && isBlank(block["text"])) {
      const mark = cacheMark(block);
      const last = parts.at(-1);
      if (mark.cache_control !== undefined && last !== undefined)
        parts[parts.length - 1] = { ...last, ...mark };
      continue;
    }
    const part = partOf(block);
    if (part !== undefined) parts.push(part);
    else if (!lenient)
      throw unsupportedField(`${at}[${i}]`, "A block of this kind cannot be carried over here.");
  }
  return parts;
}

function isBlank(text: unknown): boolean {
  return typeof text !== "string" || text.trim() === "";
}

function partOf(block: WireBlock): ContentPart | undefined {
  switch (block["type"]) {
    case "text":
      return { type: "text", text: String(block["text"]), ...cacheMark(block) };
    case "image":
      return imagePart(block);
    case "document":
      return documentPart(block);
    case "search_result":
      return searchResult(block);
    default:
      return isServerTool(block["type"]) ? { type: "text", text: JSON.stringify(block) } : undefined;
  }
}

/** What Anthropic executed by itself is text to other providers. */
function isServerTool(type: unknown): boolean {
  return typeof type === "string" && (type === "server_tool_use" || type.endsWith("_tool_result"));
}

export function cacheMark(block: WireBlock): { cache_control?: CacheMark } {
  const mark = asObject(block["cache_control"]);
  if (mark?.["type"] !== "ephemeral") return {};
  const { ttl } = mark;
  return { cache_control: { type: "ephemeral", ...(ttl === "5m" || ttl === "1h" ? { ttl } : {}) } };
}

function imagePart(block: WireBlock): ImagePart | undefined {
  const url = urlOf(asObject(block["source"]));
  return url === undefined ? undefined : { type: "image_url", image_url: { url }, ...cacheMark(block) };
}

function urlOf(source: JsonObject | undefined): string | undefined {
  if (source?.["type"] === "url") return asText(source["url"]);
  if (source?.["type"] !== "base64") return undefined;
  return `data:${asText(source["media_type"]) ?? ""};base64,${asText(source["data"]) ?? ""}`;
}

function documentPart(block: WireBlock): FilePart | TextPart | undefined {
  const source = asObject(block["source"]);
  const title = asText(block["title"]);
  const named = title === undefined ? {} : { filename: title };
  const part = (file: FilePart["file"]): FilePart => ({ type: "file", file, ...cacheMark(block) });
  switch (source?.["type"]) {
    case "text":
      return part({ ...named, text: asText(source["data"]) ?? "" });
    case "base64":
      return part({ ...named, file_data: urlOf(source) ?? "" });
    case "url":
      return part({ ...named, file_url: asText(source["url"]) ?? "" });
    case "content": {
      const text = blocksOf(source["content"])
        .flatMap((inner) => asText(inner["text"]) ?? [])
        .join("\n\n");
      return part({ ...named, text });
    }
    default:
      return undefined;
  }
}

function searchResult(block: WireBlock): TextPart {
  const texts = blocksOf(block["content"]).flatMap((inner) => asText(inner["text"]) ?? []);
  const head = [asText(block["title"]), asText(block["source"])].filter((text) => text !== undefined);
  return { type: "text", text: [...head, ...texts].join("\n"), ...cacheMark(block) };
}

/** A thinking block; what a carrier of ours holds is taken out of it. Nothing for one that holds nothing. */
export function reasoningOf(block: WireBlock): ReasoningPart[] {
  const redacted = asText(block["data"]);
  if (block["type"] === "redacted_thinking")
    return redacted === undefined ? [] : [{ type: "reasoning", text: "", redacted }];
  const text = asText(block["thinking"]) ?? "";
  const signature = asText(block["signature"]);
  const carried = decodeCarrier(signature, text);
  if (carried !== undefined) return carried;
  // A carrier that cannot be read is no signature of Anthropic's either.
  const isSigned = signature !== undefined && !isCarrier(signature);
  if (text === "" && !isSigned) return [];
  return [{ type: "reasoning", text, ...(isSigned ? { signature } : {}) }];
}
