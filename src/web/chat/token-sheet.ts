import { byId } from "../shared/dom.ts";
import type { AskForToken } from "./server.ts";
import { prepareSheet } from "./sheet.ts";

/** The dialog that asks for the server's token. */
export function createTokenSheet(): AskForToken {
  const dialog = byId("token-sheet", HTMLDialogElement);
  const input = byId("token", HTMLInputElement);
  const wrong = byId("token-wrong", HTMLElement);
  let given: string | undefined;
  prepareSheet(dialog);
  byId("token-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    given = input.value.trim();
    dialog.close();
  });
  return (wasWrong) =>
    new Promise((resolve) => {
      given = undefined;
      input.value = "";
      wrong.hidden = !wasWrong;
      dialog.addEventListener("close", () => resolve(given || undefined), { once: true });
      dialog.showModal();
    });
}
