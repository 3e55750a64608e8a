import type { LocalServer } from "../../client/index.ts";
import { Chat } from "./chat.ts";
import { Connections } from "./connection.ts";
import { Drafts } from "./drafts.ts";
import type { Remedy } from "./failure-words.ts";
import { Secrets } from "./secrets.ts";
import { Server } from "./server.ts";
import { ConversationStore } from "./store.ts";

/** How long a notice stays, in milliseconds. */
const NOTICE_MS = 8_000;

export type SheetName = "connect" | "settings" | "use";

/** All that the page shows and does; its parts read from it and call it, and `changed` draws them anew. */
export class Page {
  readonly secrets: Secrets;
  readonly connections: Connections;
  readonly drafts: Drafts;
  readonly store: ConversationStore;
  readonly server: Server;
  readonly chat: Chat;
  readonly changed: () => void;
  servers: readonly LocalServer[] = [];
  notice = "";
  sheet: { readonly name: SheetName; readonly reason: string } | undefined;
  /** Set while the server's token is asked for. */
  tokenQuestion: { readonly wasWrong: boolean; answer(token: string | undefined): void } | undefined;
  /** The list of conversations lies over a narrow page. */
  isSidebarOpen = false;
  #noticeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(changed: () => void) {
    const local = storage(() => localStorage);
    const tab = storage(() => sessionStorage);
    this.changed = changed;
    this.secrets = new Secrets(tab);
    this.drafts = new Drafts(tab);
    this.store = new ConversationStore(local);
    this.connections = new Connections(local, this.secrets);
    this.server = new Server((wasWrong) => this.#askForToken(wasWrong), this.secrets);
    this.chat = new Chat({
      server: this.server,
      store: this.store,
      connection: () => this.#ready(),
      changed: () => {
        this.drafts.open = this.chat.current.id;
        changed();
      },
      say: (text, stays) => this.say(text, stays),
    });
    const open = this.drafts.open ?? this.store.all[0]?.id;
    if (open !== undefined) this.chat.open(open);
    this.drafts.open = this.chat.current.id;
    window.addEventListener("storage", ({ key }) => {
      const id = key === null ? undefined : this.store.refresh(key);
      if (id !== undefined) this.chat.refresh(id);
      changed();
    });
  }

  /** Tells the user something, for a while or until something else is said. */
  say(text: string, stays?: "stays"): void {
    this.notice = text;
    clearTimeout(this.#noticeTimer);
    if (stays === undefined && text !== "") this.#noticeTimer = setTimeout(() => this.say(""), NOTICE_MS);
    this.changed();
  }

  /** @param reason why it opens by itself, where it does */
  openSheet(name: SheetName, reason = ""): void {
    this.sheet = { name, reason };
    this.changed();
  }

  closeSheet(): void {
    this.sheet = undefined;
    this.changed();
  }

  showSidebar(isOpen: boolean): void {
    this.isSidebarOpen = isOpen;
    this.changed();
  }

  remedy(remedy: Remedy): void {
    if (remedy === "connect") this.openSheet("connect");
    else this.chat.summarize();
  }

  /** Looks which model servers run on this machine. An older server cannot tell, and that is no fault. */
  async findLocal(): Promise<void> {
    try {
      this.servers = await this.server.call((client) => client.local());
      this.changed();
    } catch {
      // Without an answer there is nothing to offer but the demo, which is there already.
    }
  }

  #ready() {
    const { current: connection } = this.connections;
    const key = this.connections.keyFor(connection);
    if (key !== undefined) return { connection, key };
    this.openSheet("connect", "Enter the key again: it was not kept.");
    return undefined;
  }

  #askForToken(wasWrong: boolean): Promise<string | undefined> {
    return new Promise((resolve) => {
      const answer = (token: string | undefined) => {
        this.tokenQuestion = undefined;
        this.changed();
        resolve(token);
      };
      this.tokenQuestion = { wasWrong, answer };
      this.changed();
    });
  }
}

/** The browser's own storage, where it allows one. */
function storage(get: () => Storage): Storage | undefined {
  try {
    const found = get();
    found.getItem("nash-llm");
    return found;
  } catch {
    return undefined;
  }
}
