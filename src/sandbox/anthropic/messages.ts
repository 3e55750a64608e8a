import { isObject } from "../../core/json.ts";
import type { Turn } from "../parsed-request.ts";
import { type Block, checkBlocks } from "./blocks.ts";
import { refuse } from "./errors.ts";
import { checkNames } from "./fields.ts";

const MESSAGE_FIELDS = new Set(["role", "content"]);

interface Conversation {
  /** What messages of the role `system` say. */
  readonly system: string;
  readonly turns: readonly Turn[];
  readonly text: string;
  readonly prefill: string;
  /** There are calls or results in it. */
  readonly usesTools: boolean;
  readonly afterTool: boolean;
  readonly characters: number;
  readonly merged: number;
}

interface Message {
  readonly role: "user" | "assistant" | "system";
  readonly blocks: Block[];
  readonly place: string;
}

/**
 * Reads `messages`.
 * @param prefill The model goes on with a last message of its own.
 * @throws {RequestRejected} For whatever Anthropic refuses in them.
 */
export function readMessages(messages: unknown, prefill = false): Conversation {
  if (messages === undefined) return refuse("messages: Field required");
  if (!Array.isArray(messages)) return refuse("messages: Input should be a valid list");
  if (messages.length === 0) return refuse("messages: at least one message is required");
  const read = messages.map((message, index) => readMessage(message, `messages.${index}`));
  checkSystem(read);
  const spoken = read.filter(({ role }) => role !== "system");
  const merged = merge(spoken);
  if (merged[0]?.role !== "user") return refuse('messages: first message must use the "user" role');
  checkTools(merged);
  const last = merged.at(-1);
  const ownText = last?.role === "assistant" ? textOf(last.blocks) : "";
  if (last?.role === "assistant" && !prefill) {
    return refuse(
      "This model does not support assistant message prefill. The conversation must end with a user message.",
    );
  }
  if (/\s$/.test(ownText)) {
    return refuse("messages: final assistant content cannot end with trailing whitespace");
  }
  const turns = merged.map(({ role, blocks }) => ({
    role: role === "user" ? ("user" as const) : ("assistant" as const),
    text: textOf(blocks),
  }));
  const said = turns.findLast(({ role }) => role === "user");
  return {
    system: read.map(({ role, blocks }) => (role === "system" ? textOf(blocks) : "")).join(""),
    turns,
    text: said?.text ?? "",
    prefill: ownText,
    usesTools: merged.some(({ blocks }) => blocks.some(({ type }) => type.startsWith("tool_"))),
    afterTool: last?.blocks[0]?.type === "tool_result",
    characters: turns.reduce((sum, turn) => sum + turn.text.length, 0),
    merged: spoken.length - merged.length,
  };
}

/** A system message stands behind a user's, and never beside another. */
function checkSystem(messages: readonly Message[]): void {
  for (const [index, { role, place }] of messages.entries()) {
    if (role !== "system" || messages[index - 1]?.role === "user") continue;
    if (index === 0) {
      refuse(
        'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as ' +
          "the first input message role.",
      );
    }
    refuse(`${place}: a \`system\` message must follow a \`user\` message`);
  }
}

function readMessage(message: unknown, place: string): Message {
  if (!isObject(message)) return refuse(`${place}: Input should be an object`);
  const role = message["role"];
  if (role === undefined) return refuse(`${place}.role: Field required`);
  if (role !== "user" && role !== "assistant" && role !== "system")
    return refuse(`${place}.role: Input should be 'user' or 'assistant'`);
  checkNames(message, place, MESSAGE_FIELDS);
  return { role, place, blocks: [...checkBlocks(message["content"], role, place)] };
}

/** Neighbours of one role become one message, as at Anthropic. */
function merge(messages: readonly Message[]): readonly Message[] {
  const merged: Message[] = [];
  for (const message of messages) {
    const before = merged.at(-1);
    if (before?.role === message.role) before.blocks.push(...message.blocks);
    else merged.push(message);
  }
  return merged;
}

/** Results are the first blocks of the message after the calls, one for each call and no others. */
function checkTools(messages: readonly Message[]): void {
  let open: ReadonlySet<string> = new Set();
  let place = "";
  for (const { role, blocks, place: here } of messages) {
    if (role === "user") {
      const other = blocks.findIndex(({ type }) => type !== "tool_result");
      const results = other === -1 ? blocks : blocks.slice(0, other);
      const answered = new Set(results.map(({ id }) => id));
      const left = [...open].filter((id) => !answered.has(id));
      if (left.length > 0) unanswered(place, left);
      const stray = blocks.find(({ type, id }) => type === "tool_result" && !open.has(id));
      if (stray !== undefined) {
        refuse(
          `${stray.place}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray.id}. Each \`tool_result\` ` +
            "block must have a corresponding `tool_use` block in the previous message.",
        );
      }
    }
    const calls = blocks.filter(({ type }) => type === "tool_use").map(({ id }) => id);
    if (new Set(calls).size < calls.length) refuse("messages: `tool_use` ids must be unique");
    open = new Set(calls);
    place = here;
  }
  if (open.size > 0) unanswered(place, [...open]);
}

function unanswered(place: string, ids: readonly string[]): never {
  return refuse(
    `${place}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids.join(", ")}. Each ` +
      "`tool_use` block must have a corresponding `tool_result` block in the next message.",
  );
}

function textOf(blocks: readonly Block[]): string {
  return blocks.map(({ text }) => text).join("");
}
