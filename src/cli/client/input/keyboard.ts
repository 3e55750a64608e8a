import { StringDecoder } from "node:string_decoder";
import { BRACKETS_OFF, BRACKETS_ON, createPasteFilter, INTERRUPT, type Keys } from "./paste.ts";

type Reader = (keys: Keys) => void;

/**
 * The terminal's keys, unechoed and one by one. One reader at a time has them: the line editor, the hidden prompt, or
 * nobody while an answer comes. What is typed meanwhile waits; Ctrl-C does not.
 */
export interface Keyboard {
  /** Gives the keys to a reader, from those that wait on, until they are released. */
  read(reader: Reader): void;
  release(): void;
  /** Calls back at Ctrl-C while nobody reads, until what comes back is called. */
  onInterrupt(interrupted: () => void): () => void;
  /** Hands the terminal back as it was. */
  close(): void;
}

export interface KeyboardStream {
  on(event: "data", listener: (data: Uint8Array) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  off(event: "data", listener: (data: Uint8Array) => void): unknown;
  setRawMode?(raw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** @param draw writes to the terminal */
export function openKeyboard(stream: KeyboardStream, draw: (text: string) => void): Keyboard {
  const split = createPasteFilter();
  const utf8 = new StringDecoder("utf8");
  const waiting: Keys[] = [];
  let reader: Reader | undefined;
  let interrupted: (() => void) | undefined;

  const take = (data: Uint8Array) => {
    waiting.push(...split(utf8.write(Buffer.from(data))));
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

  stream.setRawMode?.(true);
  draw(BRACKETS_ON);
  stream.on("data", take);
  stream.resume();

  return {
    read(next) {
      reader = next;
      hand();
    },
    release() {
      reader = undefined;
    },
    onInterrupt(listener) {
      interrupted = listener;
      interrupt();
      return () => {
        if (interrupted === listener) interrupted = undefined;
      };
    },
    close() {
      stream.off("data", take);
      draw(BRACKETS_OFF);
      stream.setRawMode?.(false);
      stream.pause();
    },
  };
}
