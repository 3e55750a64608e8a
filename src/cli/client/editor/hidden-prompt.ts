import type { Keyboard } from "./keyboard.ts";

const ENTER = /[\r\n]/;
const CANCEL = ["\u0003", "\u0004"];

/**
 * Asks for something that is not to be seen, such as a key. What was typed is in no history and on no screen.
 * @param draw writes to the terminal
 * @returns nothing where it was left empty or given up (Ctrl-C, Ctrl-D)
 */
export function askHidden(
  keyboard: Keyboard,
  draw: (text: string) => void,
  prompt: string,
): Promise<string | undefined> {
  draw(prompt);
  return new Promise((resolve) => {
    let typed = "";
    const settle = (value: string | undefined) => {
      keyboard.release();
      draw("\n");
      resolve(value);
    };
    keyboard.read(
      ({ type, text }) => {
        if (type === "paste") {
          typed += text.trim();
          return;
        }
        for (const key of text) {
          if (CANCEL.includes(key)) return settle(undefined);
          if (ENTER.test(key)) return settle(typed.trim() || undefined);
          if (key === "\u007f" || key === "\b") typed = typed.slice(0, -1);
          else if (key === "\u0015") typed = "";
          else if (key >= " ") typed += key;
        }
      },
      { ended: () => settle(undefined), resumed: () => draw(prompt) },
    );
  });
}
