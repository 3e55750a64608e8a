import type { ChatSession } from "../chat-session.ts";

/** What a command leads to. */
export type Next =
  | { readonly type: "go-on" }
  | { readonly type: "leave" }
  /** The next line begins with this text, to be changed. */
  | { readonly type: "edit"; readonly text: string };

/** Something that can be typed in a conversation in place of a message. */
export interface ChatCommand {
  /** Without the slash. */
  readonly name: string;
  /** Other names, which users bring along from elsewhere. */
  readonly aliases?: readonly string[];
  /** What may follow, as help shows it. */
  readonly argument?: string;
  readonly about: string;
  run(chat: ChatSession, argument: string): Next | Promise<Next>;
}

export const GO_ON: Next = { type: "go-on" };
