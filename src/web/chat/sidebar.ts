import { button, byId, element } from "../shared/dom.ts";
import type { Conversation } from "./conversation.ts";
import { plural } from "./format.ts";

export interface SidebarActions {
  open(id: string): void;
  remove(id: string): void;
}

const NARROW = "(max-width: 800px)";

/** The list of conversations, which on a narrow window lies over the page and out of sight. */
export function createSidebar(actions: SidebarActions) {
  const sidebar = byId("sidebar", HTMLElement);
  const stage = byId("stage", HTMLElement);
  const list = byId("conversations", HTMLElement);
  const opener = byId("open-sidebar", HTMLButtonElement);
  const closer = byId("close-sidebar", HTMLButtonElement);
  const narrow = matchMedia(NARROW);
  let isOpen = false;

  const set = (open: boolean) => {
    isOpen = open && narrow.matches;
    sidebar.classList.toggle("open", isOpen);
    stage.inert = isOpen;
    opener.setAttribute("aria-expanded", String(isOpen));
  };
  const close = () => {
    if (!isOpen) return;
    set(false);
    opener.focus();
  };
  opener.addEventListener("click", () => {
    set(true);
    closer.focus();
  });
  closer.addEventListener("click", close);
  byId("veil", HTMLButtonElement).addEventListener("click", close);
  sidebar.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") close();
  });
  narrow.addEventListener("change", () => set(false));

  const entry = ({ id, title }: Conversation, isCurrent: boolean) => {
    const open = button(
      title,
      () => {
        actions.open(id);
        close();
      },
      { class: "open", title, "aria-current": isCurrent ? "true" : undefined },
    );
    return element(
      "li",
      {},
      open,
      deleteButton(title, () => actions.remove(id)),
    );
  };

  let shown = "";

  return {
    close,
    show(conversations: readonly Conversation[], currentId: string) {
      // An answer that is being written changes its conversation many times a second, and none of this.
      const key = JSON.stringify([currentId, ...conversations.map(({ id, title }) => [id, title])]);
      if (key === shown) return;
      shown = key;
      const entries = conversations.map((conversation) => entry(conversation, conversation.id === currentId));
      list.replaceChildren(...entries);
      list.setAttribute("aria-label", plural(conversations.length, "conversation"));
    },
  };
}

/** Asks once more in its own place, since nothing brings a conversation back. */
function deleteButton(title: string, remove: () => void): HTMLButtonElement {
  let asked = false;
  const ask = (sure: boolean) => {
    asked = sure;
    made.textContent = sure ? "Sure?" : "Delete";
    made.classList.toggle("sure", sure);
    made.setAttribute("aria-label", sure ? `Really delete ${title}` : `Delete ${title}`);
  };
  const made = button("Delete", () => (asked ? remove() : ask(true)), { class: "delete" });
  made.addEventListener("blur", () => ask(false));
  ask(false);
  return made;
}
