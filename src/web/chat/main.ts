import type { LocalServer } from "../../client/index.ts";
import { byId } from "../shared/dom.ts";
import { Chat } from "./chat.ts";
import { createComposer } from "./composer.ts";
import { ConnectSheet } from "./connect-sheet.ts";
import { Connections, hostOf, isDemo } from "./connection.ts";
import { messagesOf } from "./conversation.ts";
import { LogView } from "./log-view.ts";
import { Meter } from "./meter.ts";
import { Server } from "./server.ts";
import { createSidebar } from "./sidebar.ts";
import { ConversationStore, type Shelf } from "./store.ts";
import { createTokenSheet } from "./token-sheet.ts";
import { createTransfer } from "./transfer-buttons.ts";
import { UseSheet } from "./use-sheet.ts";
import { createWelcome } from "./welcome.ts";

/** How long a notice stays, in milliseconds. */
const NOTICE_MS = 8_000;

/** Asked when there is nothing to show yet in "Use it from your app". */
const SAMPLE = [{ role: "user", content: "Hello!" }] as const;

const shelf = storage();
const store = new ConversationStore(shelf);
const connections = new Connections(shelf);
const server = new Server(createTokenSheet());
let servers: readonly LocalServer[] = [];

const notice = byId("notice", HTMLElement);
let noticeTimer: ReturnType<typeof setTimeout> | undefined;
function say(text: string, stays?: "stays"): void {
  notice.textContent = text;
  clearTimeout(noticeTimer);
  if (stays !== undefined) return;
  noticeTimer = setTimeout(() => notice.replaceChildren(), NOTICE_MS);
}

const chat = new Chat({
  server,
  store,
  connection() {
    const { current: connection } = connections;
    const key = connections.keyFor(connection);
    if (key !== undefined) return { connection, key };
    connect.open("Enter the key again: this page never stores it.");
    return undefined;
  },
  changed: show,
  say,
});

const connect = new ConnectSheet(server, connections, () => {
  show();
  composer.focus();
});
const use = new UseSheet();
const meter = new Meter(server, () => chat.summarize());
const sidebar = createSidebar({
  open: (id) => chat.open(id),
  remove: (id) => chat.stopAndForget(id),
});
const log = new LogView({
  retry: () => chat.retry(),
  edit: (id, text) => chat.edit(id, text),
  undoSummary: () => chat.undoSummary(),
  remedy: (remedy) => (remedy === "connect" ? connect.open() : chat.summarize()),
});
const composer = createComposer(ask, () => chat.stop());
const welcome = createWelcome(ask, () => connect.open());

function ask(text: string): boolean {
  const sent = chat.send(text);
  if (sent) log.toEnd();
  return sent;
}

const connectionButton = byId("connection", HTMLButtonElement);
const summarizeButton = byId("summarize", HTMLButtonElement);

function show(): void {
  const { current, busy } = chat;
  const { current: connection } = connections;
  log.show(current);
  composer.setBusy(busy !== undefined);
  sidebar.show(store.all, current.id);
  welcome.show(current.turns.length === 0, connection, servers);
  document.title = current.turns.length === 0 ? "nash-llm" : `${current.title} · nash-llm`;
  byId("ribbon", HTMLElement).hidden = !isDemo(connection);
  const label = `${connection.model} · ${hostOf(connection)}`;
  if (connectionButton.textContent !== label) connectionButton.textContent = label;
  connectionButton.setAttribute("aria-label", `Model: ${label}`);
  summarizeButton.disabled =
    busy !== undefined || current.turns.length < 2 || current.turns.at(-1)?.role === "summary";
  if (busy === undefined) meter.show(current, connection);
}

createTransfer(store, say, ({ id }) => chat.open(id));
byId("new", HTMLButtonElement).addEventListener("click", () => {
  chat.startNew();
  sidebar.close();
  composer.focus();
});
connectionButton.addEventListener("click", () => connect.open());
byId("connect", HTMLButtonElement).addEventListener("click", () => connect.open());
summarizeButton.addEventListener("click", () => chat.summarize());
byId("use", HTMLButtonElement).addEventListener("click", () => {
  const asked = messagesOf(chat.current.turns).findLastIndex(({ role }) => role === "user");
  const messages = messagesOf(chat.current.turns).slice(0, asked + 1);
  use.open({
    server: server.address,
    connection: connections.current,
    messages: messages.length === 0 ? SAMPLE : messages,
    sessionId: chat.current.sessionId,
    token: server.wantsToken,
  });
});
window.addEventListener("storage", ({ key }) => {
  const id = key === null ? undefined : store.refresh(key);
  if (id !== undefined) chat.refresh(id);
  show();
});

const [newest] = store.all;
if (newest === undefined) show();
else chat.open(newest.id);
composer.focus();
findLocal();

/** Looks which model servers run on this machine. An older server cannot tell, and that is no fault. */
async function findLocal(): Promise<void> {
  try {
    servers = await server.call((client) => client.local());
    connect.showLocal(servers);
    show();
  } catch {
    // Without an answer there is nothing to offer but the demo, which is there already.
  }
}

/** The browser's own storage, where it allows one. */
function storage(): Shelf | undefined {
  try {
    localStorage.getItem("nash-llm");
    return localStorage;
  } catch {
    return undefined;
  }
}
