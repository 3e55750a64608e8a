/** WHATWG HTML 9.2.6, "interpreting an event stream", step by step and for whole texts: what our decoder is held to. */

export interface SpecEvent {
  readonly event?: string;
  readonly data: string;
}

const LINE = /\r\n|\n|\r/;

export function interpret(stream: string): SpecEvent[] {
  const lines = stream.replace(/^\ufeff/, "").split(LINE);
  // What follows the last line end is no line.
  lines.pop();
  const events: SpecEvent[] = [];
  let data = "";
  let type = "";
  for (const line of lines) {
    if (line === "") {
      if (data !== "") events.push({ ...(type === "" ? {} : { event: type }), data: data.slice(0, -1) });
      data = "";
      type = "";
      continue;
    }
    const colon = line.indexOf(":");
    if (colon === 0) continue;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") type = value;
    else if (field === "data") data += `${value}\n`;
  }
  return events;
}
