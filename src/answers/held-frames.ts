/** The first page of an answer, in bytes; each further one is twice as large, */
const FIRST_PAGE = 1_024;
/** up to so much. */
const LARGEST_PAGE = 65_536;

/** Frames one behind another, as they were sent. A page is written behind what readers have been given of it. */
export interface Page {
  bytes: Uint8Array;
  used: number;
  /** How many bytes and events were before it. */
  readonly start: number;
  readonly firstEvent: number;
  next: Page | undefined;
}

const EVENT_END = "\n\n";

/**
 * What came of an answer: whole SSE events in pages, which are a chain, so that what is let go of at its beginning stays
 * only for those who are still reading there.
 */
export class HeldFrames {
  /** Nothing once the beginning has been let go of. */
  #first: Page | undefined;
  #last: Page;
  #events = 0;
  /** Bytes of memory of all pages. */
  allocated: number;

  constructor() {
    this.#last = pageOf(FIRST_PAGE, 0, 0);
    this.#first = this.#last;
    this.allocated = FIRST_PAGE;
  }

  /** Bytes that came so far. */
  get length(): number {
    return this.#last.start + this.#last.used;
  }

  get eventCount(): number {
    return this.#events;
  }

  /** The page that is written into. */
  get last(): Page {
    return this.#last;
  }

  /** How much memory it would take to add so many bytes. */
  growth(bytes: number): number {
    const { bytes: page, used } = this.#last;
    return page.length - used >= bytes ? 0 : Math.max(bytes, Math.min(page.length * 2, LARGEST_PAGE));
  }

  /** @param events how many of them there are in it */
  append(bytes: Uint8Array, events: number): void {
    const growth = this.growth(bytes.length);
    if (growth > 0) {
      const page = pageOf(growth, this.length, this.#events);
      this.#last.next = page;
      this.#last = page;
      this.allocated += growth;
    }
    this.#last.bytes.set(bytes, this.#last.used);
    this.#last.used += bytes.length;
    this.#events += events;
  }

  /** Nothing is added any more: what the last page has too much is given back. */
  seal(): void {
    const { bytes, used } = this.#last;
    this.allocated -= bytes.length - used;
    this.#last.bytes = bytes.slice(0, used);
  }

  /** Lets go of the beginning: only those who are reading now can go on. */
  letGo(): void {
    this.#first = undefined;
  }

  /** Where the events begin that come behind the first `count` ones. @param count at most as many as there are */
  behind(count: number): Position | undefined {
    let page = this.#first;
    while (page?.next !== undefined && page.next.firstEvent <= count) page = page.next;
    if (page === undefined) return undefined;
    const text = Buffer.from(page.bytes.buffer, page.bytes.byteOffset, page.used);
    let offset = 0;
    for (let event = page.firstEvent; event < count; event++)
      offset = text.indexOf(EVENT_END, offset) + EVENT_END.length;
    return { page, offset };
  }

  /** Begins to follow what comes, from its first byte on; undefined where the beginning has been let go of. */
  follow(): FramesCursor | undefined {
    return this.#first === undefined ? undefined : new FramesCursor(this.#first);
  }

  /** The events one by one, as text without the blank line behind it. */
  *events(): Generator<string, void, void> {
    for (let page = this.#first; page !== undefined; page = page.next) {
      const text = Buffer.from(page.bytes.buffer, page.bytes.byteOffset, page.used).toString();
      for (const event of text.split(EVENT_END)) if (event !== "") yield event;
    }
  }
}

/** Follows what comes at its own pace, and keeps for itself what it has not taken when the beginning is let go of. */
export class FramesCursor {
  #page: Page;
  #offset = 0;

  constructor(first: Page) {
    this.#page = first;
  }

  /** How many bytes it has taken. */
  get position(): number {
    return this.#page.start + this.#offset;
  }

  /** All that has come since it last took something. */
  take(): Uint8Array {
    const pieces = [this.#page.bytes.subarray(this.#offset, this.#page.used)];
    for (let page = this.#page.next; page !== undefined; page = page.next) {
      pieces.push(page.bytes.subarray(0, page.used));
      this.#page = page;
    }
    this.#offset = this.#page.used;
    return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
  }
}

export function countEvents(frames: string): number {
  let events = 0;
  for (let end = frames.indexOf(EVENT_END); end !== -1; end = frames.indexOf(EVENT_END, end + 2)) events++;
  return events;
}

/** Each event with its number behind its data. @param count of the events before */
export function withIds(frames: string, count: number): [frames: string, events: number] {
  let numbered = "";
  let events = 0;
  let start = 0;
  for (let end = frames.indexOf(EVENT_END); end !== -1; end = frames.indexOf(EVENT_END, start)) {
    events++;
    numbered += `${frames.slice(start, end)}\nid: ${count + events}${EVENT_END}`;
    start = end + EVENT_END.length;
  }
  return [numbered, events];
}

/** A place between two events. */
export interface Position {
  readonly page: Page;
  readonly offset: number;
}

function pageOf(size: number, start: number, firstEvent: number): Page {
  return { bytes: new Uint8Array(size), used: 0, start, firstEvent, next: undefined };
}
