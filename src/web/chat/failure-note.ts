import { button, element } from "../shared/dom.ts";
import type { ShownFailure } from "./conversation.ts";
import { type Remedy, wordsFor } from "./failure-words.ts";

const REMEDIES: Readonly<Record<Remedy, string>> = {
  connect: "Check the connection",
  summarize: "Summarize",
};

/** A failure in words, with the buttons that may help. */
export function failureNote(
  failure: ShownFailure,
  isLast: boolean,
  actions: { retry(): void; remedy(remedy: Remedy): void },
): HTMLElement {
  const { title, advice, remedy } = wordsFor(failure);
  const buttons = element("div", { class: "row" });
  if (isLast) {
    buttons.append(retryButton(failure.retryAfter, actions.retry));
    if (remedy !== undefined) {
      buttons.append(button(REMEDIES[remedy], () => actions.remedy(remedy), { class: "plain" }));
    }
  }
  return element(
    "div",
    { class: "failure" },
    element("p", { class: "what" }, title),
    element("p", {}, advice),
    failure.message !== "" && element("p", { class: "detail" }, detailOf(failure)),
    buttons,
  );
}

function detailOf({ message, param }: ShownFailure): string {
  return param === undefined || message.includes(param) ? message : `${param}: ${message}`;
}

/** Where the provider said how long to wait, the seconds run down on the button. */
function retryButton(seconds: number | undefined, retry: () => void): HTMLButtonElement {
  const made = button("Try again", retry, { class: "plain" });
  if (seconds === undefined || seconds <= 0) return made;
  const until = Date.now() + seconds * 1000;
  const tell = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    made.textContent = left > 0 ? `Try again in ${left} s` : "Try again";
    if (left <= 0 || !made.isConnected) clearInterval(timer);
  };
  const timer = setInterval(tell, 500);
  made.textContent = `Try again in ${Math.ceil(seconds)} s`;
  return made;
}
