import { StringDecoder } from "node:string_decoder";
import {
  BRACKETS_OFF,
  BRACKETS_ON,
  createPasteFilter,
  INTERRUPT,
  type Keys,
  SUSPEND,
} from "./paste-filter.ts";

type Reader = (keys: Keys) => void;

interface ReaderEvents {
  /** There will be no more keys. */
  readonly ended: () => void;
  /** The program was suspended and goes on: what stood on the screen is gone. */
  readonly resumed: () => void;
}

/**
 * The terminal's keys, unechoed and one by one. One reader at a time has them: the line editor, the hidden prompt, or
 * nobody while an answer comes. What is typed meanwhile waits; Ctrl-C does not.
 */
export interface Keyboard {
  /** Gives the keys to a reader, from those that wait on, until they are released. */
  read(reader: Reader, events: ReaderEvents): void;
  release(): void;
  /** Calls back at Ctrl-C while nobody reads, until what comes back is called. */
  onInterrupt(interrupted: () => void): () => void;
  /** No more keys: the terminal is gone, or we are told to go. Whatever runs is stopped. */
  end(): void;
  /** Hands the terminal back as it was. */
  close(): void;
}

export interface KeyboardStream {
  on(event: "data", listener: (data: Uint8Array) => void): unknown;
  on(event: "end" | "error", listener: () => void): unknown;
  off(event: "data", listener: (data: Uint8Array) => void): unknown;
  off(event: "end" | "error", listener: () => void): unknown;
  setRawMode?(raw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** @param draw writes a control sequence to the terminal; does nothing where it knows none */
export function openKeyboard(stream: KeyboardStream, draw: (text: string) => void): Keyboard {
  const split = createPasteFilter();
  const utf8 = new StringDecoder("utf8");
  const waiting: Keys[] = [];
  let reader: Reader | undefined;
  let ended: (() => void) | undefined;
  let resumed: (() => void) | undefined;
  let interrupted: (() => void) | undefined;
  let isOver = false;

  const take = (data: Uint8Array) => {
    for (const keys of split(utf8.write(Buffer.from(data)))) {
      if (keys.type === "keys" && keys.text === SUSPEND) suspend();
      else waiting.push(keys);
    }
    hand();
    interrupt();
  };
  const interrupt = () => {
    if (reader !== undefined || interrupted === undefined) return;
    const at = waiting.findLastIndex(({ type, text }) => type === "keys" && text === INTERRUPT);
    if (at < 0) return;
    // As a terminal does: an interrupt throws away what was typed before it.
    waiting.splice(0, at + 1);
    interrupted();
  };
  const hand = () => {
    while (reader !== undefined) {
      const keys = waiting.shift();
      if (keys === undefined) return;
      reader(keys);
    }
  };

  const grab = () => {
    stream.setRawMode?.(true);
    draw(BRACKETS_ON);
  };
  const handBack = () => {
    draw(BRACKETS_OFF);
    stream.setRawMode?.(false);
  };
  /** As a shell expects of Ctrl-Z: the terminal is handed back until the shell says to go on. */
  const suspend = () => {
    if (process.platform === "win32") return;
    handBack();
    process.once("SIGCONT", () => {
      grab();
      resumed?.();
    });
    process.kill(process.pid, "SIGTSTP");
  };
  const end = () => {
    isOver = true;
    interrupted?.();
    ended?.();
  };

  stream.on("end", end);
  stream.on("error", end);
  grab();
  stream.on("data", take);
  stream.resume();

  return {
    read(next, events) {
      reader = next;
      ({ ended, resumed } = events);
      hand();
      if (isOver && reader === next) ended();
    },
    release() {
      reader = ended = resumed = undefined;
    },
    onInterrupt(listener) {
      interrupted = listener;
      interrupt();
      return () => {
        if (interrupted === listener) interrupted = undefined;
      };
    },
    end,
    close() {
      stream.off("data", take);
      stream.off("end", end);
      stream.off("error", end);
      handBack();
      stream.pause();
    },
  };
}
