import { type ChatCommand, GO_ON } from "./slash-command.ts";

export const system: ChatCommand = {
  name: "system",
  argument: "[TEXT]",
  about: "show the system message, or set it; - removes it",
  run(chat, argument) {
    if (argument !== "") chat.system = argument === "-" ? undefined : argument;
    chat.terminal.warn(chat.system === undefined ? "No system message." : `System message: ${chat.system}`);
    return GO_ON;
  },
};

export const clear: ChatCommand = {
  name: "clear",
  aliases: ["new"],
  about: "begin a new conversation; the old one stays on disk",
  run(chat) {
    chat.clear();
    chat.terminal.warn("A new conversation.");
    return GO_ON;
  },
};

export const retry: ChatCommand = {
  name: "retry",
  aliases: ["regen"],
  about: "ask the last question again",
  async run(chat) {
    if (chat.conversation.canRetry) await chat.retry();
    else chat.terminal.warn("Nothing has been asked yet.");
    return GO_ON;
  },
};

export const edit: ChatCommand = {
  name: "edit",
  about: "take the last question back, to change it and ask again",
  run(chat) {
    const content = chat.conversation.takeBack()?.content;
    if (typeof content === "string") return { type: "edit", text: content };
    chat.terminal.warn("Nothing has been asked yet.");
    return GO_ON;
  },
};

export const raw: ChatCommand = {
  name: "raw",
  about: "show text as the model wrote it, or as Markdown again",
  run(chat) {
    chat.raw = !chat.raw;
    chat.terminal.warn(chat.raw ? "Answers as the model writes them." : "Answers as Markdown.");
    return GO_ON;
  },
};
