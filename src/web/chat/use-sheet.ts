import { copyButton } from "../shared/copy.ts";
import { button, byId, element } from "../shared/dom.ts";
import { needsKey } from "./connection.ts";
import { prepareSheet } from "./sheet.ts";
import { type Example, type Snippet, snippetsFor } from "./snippets.ts";

const LEADS = {
  asItStands: "This conversation, as a request to this server. It runs as it stands.",
  withKey: "This conversation, as a request to this server. It takes your key from the variable API_KEY.",
};

/** The panel that shows the conversation's request in several languages. */
export class UseSheet {
  readonly #dialog = byId("use-sheet", HTMLDialogElement);
  readonly #tabs = byId("tabs", HTMLElement);
  readonly #panel = byId("panel", HTMLElement);
  #snippets: readonly Snippet[] = [];
  #chosen = 0;

  constructor() {
    prepareSheet(this.#dialog);
    this.#tabs.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (step === undefined) return;
      this.#choose((this.#chosen + step + this.#snippets.length) % this.#snippets.length);
      this.#tabs.querySelector<HTMLElement>("[aria-selected=true]")?.focus();
    });
  }

  open(example: Example): void {
    this.#snippets = snippetsFor(example);
    this.#choose(this.#chosen);
    byId("use-lead", HTMLElement).textContent =
      LEADS[needsKey(example.connection) ? "withKey" : "asItStands"];
    this.#dialog.showModal();
  }

  #choose(index: number): void {
    this.#chosen = index;
    const tabs = this.#snippets.map(({ label }, position) => {
      const isChosen = position === index;
      return button(label, () => this.#choose(position), {
        id: `tab-${position}`,
        role: "tab",
        "aria-selected": String(isChosen),
        "aria-controls": "panel",
        tabindex: isChosen ? "0" : "-1",
      });
    });
    const hadFocus = this.#tabs.contains(document.activeElement);
    this.#tabs.replaceChildren(...tabs);
    if (hadFocus) tabs[index]?.focus();
    const code = this.#snippets[index]?.code ?? "";
    this.#panel.setAttribute("aria-labelledby", `tab-${index}`);
    this.#panel.replaceChildren(
      element(
        "div",
        { class: "code-bar" },
        element("span"),
        copyButton("Copy", () => code),
      ),
      element("pre", { tabindex: "0", role: "region", "aria-label": "Request" }, element("code", {}, code)),
    );
  }
}
