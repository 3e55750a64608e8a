import { type Message, textOf } from "../core/message.ts";

/** One message as text: who said what. Images and calls of tools are named. */
export function spoken(message: Message): string {
  const images = Array.isArray(message.content)
    ? message.content.filter(({ type }) => type === "image_url").length
    : 0;
  const lines = [
    `[${message.role}${message.name === undefined ? "" : ` ${message.name}`}]`,
    textOf(message.content),
    ...Array.from({ length: images }, () => "(an image)"),
    ...(message.tool_calls ?? []).map(
      ({ function: call }) => `(calls ${call.name} with ${call.arguments || "{}"})`,
    ),
  ];
  return lines.filter((line) => line !== "").join("\n");
}

/**
 * Messages as texts that may be parted from each other: one for each message, but a call of a tool and its results
 * stay together.
 */
export function utterances(messages: readonly Message[]): string[] {
  const texts: string[] = [];
  for (const message of messages) {
    const text = spoken(message);
    if (message.role === "tool" && texts.length > 0) texts.push(`${texts.pop()}\n\n${text}`);
    else texts.push(text);
  }
  return texts;
}
