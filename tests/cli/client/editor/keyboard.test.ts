import { describe, expect, test } from "bun:test";
import { EventEmitter } from "node:events";
import { openKeyboard } from "../../../../src/cli/client/editor/keyboard.ts";

/** A terminal's input that a test types at. */
class FakeTerminal extends EventEmitter {
  readonly modes: boolean[] = [];
  setRawMode(raw: boolean): void {
    this.modes.push(raw);
  }
  resume(): void {}
  pause(): void {}
  type(text: string): void {
    this.emit("data", Buffer.from(text));
  }
}

const NOTHING = { ended: () => undefined, resumed: () => undefined };

function open() {
  const terminal = new FakeTerminal();
  const drawn: string[] = [];
  return { terminal, drawn, keyboard: openKeyboard(terminal, (text) => drawn.push(text)) };
}

describe("the keyboard", () => {
  test("is raw while it is open, with bracketed paste, and handed back after", () => {
    const { terminal, drawn, keyboard } = open();
    keyboard.close();
    expect(terminal.modes).toEqual([true, false]);
    expect(drawn).toEqual(["\u001b[?2004h", "\u001b[?2004l"]);
    expect(terminal.listenerCount("data")).toBe(0);
  });

  test("what is typed while nobody reads waits, line by line", () => {
    const { terminal, keyboard } = open();
    terminal.type("one\rtwo\r");
    const read: string[] = [];
    keyboard.read(({ text }) => {
      read.push(text);
      keyboard.release();
    }, NOTHING);
    expect(read).toEqual(["one\r"]);
    keyboard.read(({ text }) => read.push(text), NOTHING);
    expect(read).toEqual(["one\r", "two\r"]);
  });

  test("Ctrl-C does not wait, and throws away what was typed before it", () => {
    const { terminal, keyboard } = open();
    let stops = 0;
    const done = keyboard.onInterrupt(() => stops++);
    terminal.type("typed ahead\r\u0003after\r");
    expect(stops).toBe(1);
    done();
    terminal.type("\u0003");
    expect(stops).toBe(1);
    const read: string[] = [];
    keyboard.read(({ text }) => read.push(text), NOTHING);
    expect(read).toEqual(["after\r", "\u0003"]);
  });

  test("Ctrl-C that came just before somebody listens counts", () => {
    const { terminal, keyboard } = open();
    keyboard.read(({ text }) => text.endsWith("\r") && keyboard.release(), NOTHING);
    terminal.type("question\r\u0003");
    let stops = 0;
    keyboard.onInterrupt(() => stops++);
    expect(stops).toBe(1);
  });

  test("a character cut in two is put together", () => {
    const { terminal, keyboard } = open();
    const read: string[] = [];
    keyboard.read(({ text }) => read.push(text), NOTHING);
    const bytes = Buffer.from("é");
    terminal.emit("data", bytes.subarray(0, 1));
    terminal.emit("data", bytes.subarray(1));
    expect(read.join("")).toBe("é");
  });

  test("its end reaches who reads, and stops what runs", () => {
    const { terminal, keyboard } = open();
    const heard: string[] = [];
    keyboard.onInterrupt(() => heard.push("stopped"));
    keyboard.read(() => undefined, { ...NOTHING, ended: () => heard.push("ended") });
    terminal.emit("end");
    keyboard.release();
    keyboard.read(() => undefined, { ...NOTHING, ended: () => heard.push("still ended") });
    expect(heard).toEqual(["stopped", "ended", "still ended"]);
  });
});
