import { type ChatCommand, GO_ON } from "./command.ts";

export const system: ChatCommand = {
  name: "system",
  argument: "[TEXT]",
  about: "show the system message, or set it; - removes it",
  run(talk, argument) {
    if (argument !== "") talk.system = argument === "-" ? undefined : argument;
    talk.terminal.warn(talk.system === undefined ? "No system message." : `System message: ${talk.system}`);
    return GO_ON;
  },
};

export const clear: ChatCommand = {
  name: "clear",
  aliases: ["new"],
  about: "begin a new conversation; the old one stays on disk",
  run(talk) {
    talk.clear();
    talk.terminal.warn("A new conversation.");
    return GO_ON;
  },
};

export const retry: ChatCommand = {
  name: "retry",
  aliases: ["regen"],
  about: "ask the last question again",
  async run(talk) {
    if (talk.conversation.canRetry) await talk.retry();
    else talk.terminal.warn("Nothing has been asked yet.");
    return GO_ON;
  },
};

export const edit: ChatCommand = {
  name: "edit",
  about: "take the last question back, to change it and ask again",
  run(talk) {
    const content = talk.conversation.takeBack()?.content;
    if (typeof content === "string") return { type: "edit", text: content };
    talk.terminal.warn("Nothing has been asked yet.");
    return GO_ON;
  },
};

export const raw: ChatCommand = {
  name: "raw",
  about: "show text as the model wrote it, or as Markdown again",
  run(talk) {
    talk.raw = !talk.raw;
    talk.terminal.warn(talk.raw ? "Answers as the model writes them." : "Answers as Markdown.");
    return GO_ON;
  },
};
