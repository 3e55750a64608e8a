import type { Batch } from "../core/event.ts";

/** One of the provider's frames with the events that were read from it; `data` is absent for events without a frame. */
export interface FrameEvents {
  readonly data?: string;
  /** The name that the provider gave the frame. */
  readonly name?: string | undefined;
  readonly events: Batch;
}

/** A batch in which frames pass through, each with what it means. */
export function framesIn(batch: Batch): readonly FrameEvents[] {
  const groups: FrameEvents[] = [];
  for (let i = 0; i < batch.length; ) {
    const first = batch[i];
    let end = i + 1;
    while (end < batch.length && batch[end]?.type !== "frame") end++;
    groups.push(
      first?.type === "frame"
        ? { data: first.data, name: first.event, events: batch.slice(i + 1, end) }
        : { events: batch.slice(i, end) },
    );
    i = end;
  }
  return groups;
}

/** The text that was read from a frame, refusals aside. */
export function textIn(events: Batch): string {
  let text = "";
  for (const event of events) if (event.type === "text" && !event.refusal) text += event.text;
  return text;
}

/** What may stand behind `event:`; a line break in a type would begin a frame of its own. */
export const EVENT_NAME = /^[\w.-]+$/;

/** JSON that came as one frame, as one line: a provider may have sent it as several, between which JSON has white space. */
export function dataLine(json: string): string {
  return `data: ${json.includes("\n") ? json.replaceAll("\n", " ") : json}\n\n`;
}
