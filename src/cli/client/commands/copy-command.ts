import { type ChatCommand, GO_ON } from "./slash-command.ts";

/** Programs that put what they read into the clipboard, on macOS, Windows, Wayland and X. */
const PROGRAMS = [["pbcopy"], ["clip.exe"], ["wl-copy"], ["xclip", "-selection", "clipboard"]];

export const copy: ChatCommand = {
  name: "copy",
  about: "put the last answer into the clipboard",
  async run(chat) {
    const text = chat.conversation.messages.findLast(({ role }) => role === "assistant")?.content;
    if (typeof text !== "string") {
      chat.terminal.warn("There is no answer yet.");
      return GO_ON;
    }
    for (const [program = "", ...args] of PROGRAMS) {
      if (Bun.which(program) !== null && (await runsWith([program, ...args], text))) {
        chat.terminal.warn(`Copied, ${text.length} characters.`);
        return GO_ON;
      }
    }
    // The terminal's own way (OSC 52), which also works from another machine; it does not tell whether it did.
    chat.terminal.draw(`\u001b]52;c;${Buffer.from(text).toString("base64")}\u0007`);
    chat.terminal.warn(`Handed ${text.length} characters to the terminal's clipboard.`);
    return GO_ON;
  },
};

async function runsWith(command: string[], text: string): Promise<boolean> {
  try {
    const child = Bun.spawn(command, { stdin: new Blob([text]), stdout: "ignore", stderr: "ignore" });
    return (await child.exited) === 0;
  } catch {
    return false;
  }
}
