import { MarkdownView } from "../markdown/render.ts";
import { copyButton } from "../shared/copy.ts";
import { button, element } from "../shared/dom.ts";
import { answerNotes, factsLine } from "./answer-facts.ts";
import type { AnswerTurn, SummaryTurn, Turn, UserTurn } from "./conversation.ts";
import { failureNote } from "./failure-note.ts";
import type { Remedy } from "./failure-words.ts";
import { count, percentFewer } from "./format.ts";
import { Waiting } from "./waiting.ts";

export interface TurnActions {
  retry(): void;
  edit(turnId: string, text: string): void;
  undoSummary(): void;
  remedy(remedy: Remedy): void;
}

/** One turn on the page. `update` shows a later state of the same turn. */
export interface TurnView {
  readonly node: HTMLElement;
  /** @param isLast nothing follows it, so it can be done again */
  update(turn: Turn, isLast: boolean): void;
}

export function createTurnView(turn: Turn, actions: TurnActions): TurnView {
  if (turn.role === "user") return userView(turn, actions);
  return turn.role === "assistant" ? answerView(actions) : summaryView(turn, actions);
}

function userView({ id, text }: UserTurn, actions: TurnActions): TurnView {
  const node = element("article", { class: "turn user", "aria-label": "You" });
  const words = element("div", { class: "words" }, text);
  const read = () => {
    node.replaceChildren(
      words,
      element(
        "div",
        { class: "actions" },
        editButton,
        copyButton("Copy", () => text),
      ),
    );
    editButton.focus();
  };
  const editButton = button(
    "Edit",
    () => node.replaceChildren(editor(text, (changed) => actions.edit(id, changed), read)),
    {
      class: "quiet",
    },
  );
  node.append(
    words,
    element(
      "div",
      { class: "actions" },
      editButton,
      copyButton("Copy", () => text),
    ),
  );
  return { node, update: () => undefined };
}

function editor(text: string, save: (text: string) => void, cancel: () => void): HTMLElement {
  const box = element("textarea", {
    "aria-label": "Edited text",
    rows: String(Math.min(text.split("\n").length + 1, 12)),
  });
  box.value = text;
  const form = element(
    "form",
    {
      class: "editor",
      submit: (event) => {
        event.preventDefault();
        if (box.value.trim() !== "") save(box.value);
      },
      keydown: (event) => {
        if (event instanceof KeyboardEvent && event.key === "Escape") cancel();
      },
    },
    box,
    element(
      "div",
      { class: "row" },
      element("p", { class: "note" }, "Asking again replaces what follows."),
      button("Cancel", cancel, { class: "plain" }),
      element("button", { type: "submit", class: "primary" }, "Ask again"),
    ),
  );
  queueMicrotask(() => box.focus());
  return form;
}

function answerView(actions: TurnActions): TurnView {
  const prose = new MarkdownView();
  const waiting = new Waiting();
  const thoughts = element("div", { class: "thoughts" });
  const reasoning = element(
    "details",
    { class: "reasoning", hidden: true },
    element("summary", {}, "Reasoning"),
    thoughts,
  );
  const foot = element("div", { class: "after" });
  const node = element(
    "article",
    { class: "turn answer", "aria-label": "Answer" },
    reasoning,
    prose.node,
    waiting.node,
    foot,
  );

  const finish = (answer: AnswerTurn, isLast: boolean) => {
    const buttons = element("div", { class: "actions" });
    if (answer.text !== "") buttons.append(copyButton("Copy", () => answer.text));
    if (isLast && answer.failure === undefined)
      buttons.append(button("Retry", actions.retry, { class: "quiet" }));
    const notes = answerNotes(answer).map((note) => element("p", { class: "note" }, note));
    const failure = answer.failure && failureNote(answer.failure, isLast, actions);
    foot.replaceChildren(...notes, ...(failure ? [failure] : []), factsLine(answer.facts), buttons);
  };

  return {
    node,
    update(turn, isLast) {
      if (turn.role !== "assistant") return;
      prose.show(turn.text);
      thoughts.textContent = turn.reasoning;
      reasoning.hidden = turn.reasoning === "";
      const isWriting = turn.state === "writing";
      node.classList.toggle("writing", isWriting && turn.text !== "");
      waiting.show(isWriting && turn.text === "", turn.reasoning !== "");
      if (isWriting) foot.replaceChildren();
      else finish(turn, isLast);
    },
  };
}

function summaryView({ text, before, after, estimated }: SummaryTurn, actions: TurnActions): TurnView {
  const prose = new MarkdownView();
  prose.show(text);
  const undo = button("Undo", actions.undoSummary, { class: "quiet" });
  const fewer = percentFewer(before, after);
  const node = element(
    "article",
    { class: "turn summary", "aria-label": "Summary" },
    element("h2", {}, "Summary"),
    element(
      "p",
      { class: "numbers" },
      element("span", {}, element("b", {}, count(before)), " tokens before"),
      element("span", {}, element("b", {}, count(after)), " after"),
      fewer > 0 && element("span", {}, element("b", {}, `${fewer} %`), " fewer"),
      estimated && element("span", { class: "estimated" }, "estimated"),
    ),
    element("details", { open: true }, element("summary", {}, "What is sent from here on"), prose.node),
    element(
      "div",
      { class: "actions" },
      copyButton("Copy", () => text),
      undo,
    ),
  );
  return {
    node,
    update: (_, isLast) => {
      undo.hidden = !isLast;
    },
  };
}
