import type { Message, ToolCall } from "../../core/message.ts";
import type { Translation } from "../../core/translation.ts";
import { orderTurns } from "../order-turns.ts";
import { OPENAI_NAME_LENGTH, sentToolName } from "../tool-names.ts";
import { withResultsBehindCalls } from "../tool-results.ts";
import type { Traits } from "../traits.ts";
import { wellFormed } from "../well-formed.ts";
import {
  type SentContent,
  type SentMessage,
  type SentPart,
  sentContent,
  sentReasoning,
  textsAsString,
} from "./content.ts";
import { merged, partsOf } from "./merge.ts";

/** Stands in a result in place of an image or a file, which follow the results in a message of the user. */
const SHOWN_BELOW = "[See the attachment in the message after the tool results.]";
const FAILED = "Error: ";
/** Words by which a failed tool already says so. */
const SAYS_ERROR = /^\W*(?:error|failed|failure|exception|traceback)/i;

/**
 * The messages of a request, in OpenAI's form and in an order that the provider takes.
 * @throws {ChatError} for content that it does not take, results without calls and calls without results
 */
export function sentMessages(
  messages: readonly Message[],
  traits: Traits,
  translation: Translation,
): readonly SentMessage[] {
  const sound = wellFormed(messages);
  const places = new Map(sound.map((message, i) => [message, `messages[${i}]`]));
  const sent: SentMessage[] = [];
  let attachments: SentPart[] = [];
  for (const message of withResultsBehindCalls(sound)) {
    const at = places.get(message) ?? "messages";
    if (message.role === "tool") {
      sent.push(sentResult(message, at, traits, translation, attachments));
      continue;
    }
    if (attachments.length > 0) sent.push({ role: "user", content: attachments });
    attachments = [];
    sent.push(...sentMessage(message, at, traits));
  }
  if (attachments.length > 0) sent.push({ role: "user", content: attachments });
  const named = traits.toolCallIds === "nine-alphanumerics" ? sent.map(nineAlphanumerics) : sent;
  return orderTurns(
    named,
    traits.turns,
    (role, content): SentMessage => ({ role, content }),
    (first, second) => merged(first, second, traits.turns),
  );
}

/** One message; none where nothing is left of it that the provider takes. */
function sentMessage(message: Message, at: string, traits: Traits): SentMessage[] {
  const { name, tool_calls: calls = [] } = message;
  const role = message.role === "developer" && !traits.developerRole ? "system" : message.role;
  let content = sentContent(message.content, at, traits);
  if (!traits.blankMessages) content = withoutBlanks(content);
  if (calls.length > 0 && typeof content !== "string" && content?.length === 0) content = null;
  if (content === null && calls.length === 0) {
    if (!traits.blankMessages) return [];
    content = "";
  }
  const sent: SentMessage = {
    role,
    content,
    ...(name === undefined || !traits.names ? {} : { name }),
    ...(role === "assistant" ? sentReasoning(message, traits) : {}),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map((call, i) => sentCall(call, i, traits)) }),
  };
  return [sent];
}

/** The content without blank texts; null if nothing is left. */
function withoutBlanks(content: SentContent): SentContent {
  if (content === null || typeof content === "string") return content?.trim() === "" ? null : content;
  const parts = content.filter((part) => part.type !== "text" || String(part["text"]).trim() !== "");
  return parts.length === 0 ? null : parts;
}

function sentCall(call: ToolCall, place: number, { thoughtSignature }: Traits) {
  const { name, arguments: given } = call.function;
  return {
    id: call.id,
    type: "function" as const,
    function: { name: sentToolName(name, OPENAI_NAME_LENGTH), arguments: given.trim() === "" ? "{}" : given },
    // Of calls made side by side only the first has a signature.
    ...(thoughtSignature === null || place > 0
      ? {}
      : { extra_content: { google: { thought_signature: thoughtSignature } } }),
  };
}

/** A result is a string: strict servers refuse images in it (https://github.com/BerriAI/litellm/pull/34462). */
function sentResult(
  message: Message,
  at: string,
  traits: Traits,
  translation: Translation,
  attachments: SentPart[],
): SentMessage {
  const { name, tool_call_id: id = "", is_error: failed } = message;
  const content = sentContent(message.content, at, traits);
  const parts = partsOf({ role: "tool", content });
  const shown = parts.filter(({ type }) => type !== "text");
  const texts = parts.filter(({ type }) => type === "text");
  if (shown.length > 0) {
    translation.change(`${at}.content`);
    texts.push({ type: "text", text: SHOWN_BELOW });
    attachments.push({ type: "text", text: `From the result of the tool call ${id}:` }, ...shown);
  }
  let text = textsAsString(texts) ?? "";
  if (failed && !SAYS_ERROR.test(text)) {
    translation.change(`${at}.is_error`);
    text = FAILED + text;
  }
  return { role: "tool", tool_call_id: id, content: text, ...(name === undefined ? {} : { name }) };
}

const NINE = /^[a-zA-Z0-9]{9}$/;

/** Mistral refuses ids of tool calls that it did not make. The same foreign id always becomes the same nine characters. */
function nineAlphanumerics(message: SentMessage): SentMessage {
  const { tool_calls: calls, tool_call_id: id } = message;
  return {
    ...message,
    ...(calls === undefined ? {} : { tool_calls: calls.map((call) => ({ ...call, id: shortId(call.id) })) }),
    ...(id === undefined ? {} : { tool_call_id: shortId(id) }),
  };
}

function shortId(id: string): string {
  return NINE.test(id) ? id : Bun.hash(id).toString(36).padStart(9, "0").slice(-9);
}
