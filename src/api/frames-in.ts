import { type Batch, type ChatEvent, tellsAnswer } from "../core/event.ts";

/** One of the provider's frames with the events that were read from it; `data` is absent for events without a frame. */
export interface FrameEvents {
  readonly data?: string;
  /** The name that the provider gave the frame. */
  readonly name?: string | undefined;
  readonly events: Batch;
  /** In place of all that: frames of plain text as they stood in the stream, told by as many events. */
  readonly run?: string;
}

/** A batch in which frames pass through, each with what it means. */
export function framesIn(batch: Batch): readonly FrameEvents[] {
  const groups: FrameEvents[] = [];
  for (let i = 0; i < batch.length; ) {
    const first = batch[i];
    const belongs = first?.type === "frames" ? isPlainText : isNoFrame;
    let end = i + 1;
    while (end < batch.length && belongs(batch[end])) end++;
    if (first?.type === "frame")
      groups.push({ data: first.data, name: first.event, events: batch.slice(i + 1, end) });
    else if (first?.type === "frames") groups.push({ run: first.stream, events: batch.slice(i + 1, end) });
    else groups.push({ events: batch.slice(i, end) });
    i = end;
  }
  return groups;
}

/** The frames of a run one by one. */
export function framesOfRun({ run = "", events }: FrameEvents): readonly FrameEvents[] {
  const frames = run.split("\n\n");
  return events.map((event, i) => {
    const [, name, data = ""] = /^(?:event: ([^\n]*)\n)?data: ([^\n]*)$/.exec(frames[i] ?? "") ?? [];
    return { data, name, events: [event] };
  });
}

function isNoFrame(event: ChatEvent | undefined): boolean {
  return event !== undefined && tellsAnswer(event);
}

/** What tells a run; behind it the end of an answer may come without a frame. */
function isPlainText(event: ChatEvent | undefined): boolean {
  return event?.type === "text" && event.plain === true;
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
