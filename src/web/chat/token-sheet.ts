import { byId } from "../shared/dom.ts";
import { prepareSheet } from "./sheet.ts";

/** The dialog that asks for the server's token. @returns asks; undefined where the user has none to give */
export function createTokenSheet(): () => Promise<string | undefined> {
  const dialog = byId("token-sheet", HTMLDialogElement);
  const input = byId("token", HTMLInputElement);
  let given: string | undefined;
  prepareSheet(dialog);
  byId("token-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    given = input.value.trim();
    dialog.close();
  });
  return () =>
    new Promise((resolve) => {
      given = undefined;
      input.value = "";
      dialog.addEventListener("close", () => resolve(given || undefined), { once: true });
      dialog.showModal();
    });
}
