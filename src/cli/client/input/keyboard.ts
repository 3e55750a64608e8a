import { StringDecoder } from "node:string_decoder";
import { BRACKETS_OFF, BRACKETS_ON, createPasteFilter, INTERRUPT, type Keys } from "./paste.ts";

type Reader = (keys: Keys) => void;

/**
 * The terminal's keys, unechoed and one by one. One reader at a time has them: the line editor, the hidden prompt, or
 * nobody while an answer comes. What is typed meanwhile waits; Ctrl-C does not.
 */
export interface Keyboard {
  /** Gives the keys to a reader, from those that wait on, until they are released. `ended`: there will be no more. */
  read(reader: Reader, ended: () => void): void;
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

/** @param draw writes to the terminal */
export function openKeyboard(stream: KeyboardStream, draw: (text: string) => void): Keyboard {
  const split = createPasteFilter();
  const utf8 = new StringDecoder("utf8");
  const waiting: Keys[] = [];
  let reader: Reader | undefined;
  let ended: (() => void) | undefined;
  let interrupted: (() => void) | undefined;
  let isOver = false;

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

  const end = () => {
    isOver = true;
    interrupted?.();
    ended?.();
  };

  stream.on("end", end);
  stream.on("error", end);
  stream.setRawMode?.(true);
  draw(BRACKETS_ON);
  stream.on("data", take);
  stream.resume();

  return {
    read(next, whenEnded) {
      reader = next;
      ended = whenEnded;
      hand();
      if (isOver && reader === next) whenEnded();
    },
    release() {
      reader = ended = undefined;
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
      draw(BRACKETS_OFF);
      stream.setRawMode?.(false);
      stream.pause();
    },
  };
}
