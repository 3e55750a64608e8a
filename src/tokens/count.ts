import { type Message, textOf } from "../core/message.ts";
import { calibrationOf } from "./calibration.ts";
import { Counter, spawnTokenizer } from "./counter.ts";

/** A number of tokens. `estimated`: the model itself may count otherwise. */
export interface TokenCount {
  readonly tokens: number;
  readonly estimated: boolean;
}

/** What a tool call costs beside its name and arguments. Rough: each provider renders calls in its own way. */
const PER_TOOL_CALL = 8;

const counter = new Counter(spawnTokenizer);

/**
 * The tokens of these messages as `model` would count them as a prompt, with names, roles and what primes the
 * answer. Exact for plain text on models whose encoding and overhead are known; images and tools are guessed.
 *
 * Rejects with the signal's reason if it aborts, and with an Error if the counting thread dies.
 */
export async function countPrompt(
  messages: readonly Message[],
  model: string,
  signal?: AbortSignal,
): Promise<TokenCount> {
  const calibration = calibrationOf(model);
  const texts: string[] = [];
  let overhead = calibration.perRequest;
  let exact = calibration.exact === "prompt";
  for (const message of messages) {
    overhead += calibration.perMessage;
    texts.push(textOf(message.content));
    if (message.name !== undefined) {
      overhead += 1;
      texts.push(message.name);
    }
    for (const call of message.tool_calls ?? []) {
      overhead += PER_TOOL_CALL;
      texts.push(call.function.name, call.function.arguments);
    }
    overhead += images(message) * calibration.image;
    exact &&= isPlain(message);
  }
  const tokens = await counter.count(texts, calibration.encoding, signal);
  // What is below the formula must not take a short prompt below its own text.
  return { tokens: Math.ceil(tokens * calibration.ratio) + Math.max(overhead, 0), estimated: !exact };
}

/** The tokens of a text alone, as in an answer of `model`. Rejects as `countPrompt` does. */
export async function countText(text: string, model: string, signal?: AbortSignal): Promise<TokenCount> {
  const { encoding, ratio, exact } = calibrationOf(model);
  const tokens = await counter.count([text], encoding, signal);
  return { tokens: Math.ceil(tokens * ratio), estimated: exact === "nothing" };
}

/** Ends the counting thread, for tests and at the end. A further count starts it again. */
export function close(): void {
  counter.close();
}

/** Nothing but one text. How a provider puts several text parts together is not known. */
function isPlain({ role, content, tool_calls }: Message): boolean {
  if (role === "tool" || tool_calls !== undefined || content === null) return false;
  return typeof content === "string" || (content.length <= 1 && content.every(({ type }) => type === "text"));
}

function images({ content }: Message): number {
  if (content === null || typeof content === "string") return 0;
  return content.filter(({ type }) => type === "image_url").length;
}
