/** Makes a dialog of the page close by its own button and by a click beside it. The Escape key is the browser's. */
export function prepareSheet(dialog: HTMLDialogElement): void {
  dialog.addEventListener("click", ({ target }) => {
    const closes = target instanceof Element && target.closest("[data-close]") !== null;
    if (closes || target === dialog) dialog.close();
  });
}
