import { byId } from "../shared/dom.ts";

export interface Composer {
  /** Shows Stop in the place of Send while something runs. */
  setBusy(busy: boolean): void;
  fill(text: string): void;
  focus(): void;
}

/**
 * The box at the foot of the page.
 * @param send gives the text away; false where it was not taken, and stays in the box
 */
export function createComposer(send: (text: string) => boolean, stop: () => void): Composer {
  const form = byId("composer", HTMLFormElement);
  const box = byId("message", HTMLTextAreaElement);
  const sendButton = byId("send", HTMLButtonElement);
  const stopButton = byId("stop", HTMLButtonElement);

  const fit = () => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  };
  const submit = () => {
    if (box.value.trim() === "" || !sendButton.checkVisibility() || !send(box.value)) return;
    box.value = "";
    fit();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  box.addEventListener("input", fit);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && stopButton.checkVisibility()) stop();
    // While an input method composes, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  stopButton.addEventListener("click", () => {
    stop();
    box.focus();
  });

  return {
    setBusy(busy) {
      const hadFocus = document.activeElement === sendButton || document.activeElement === stopButton;
      sendButton.hidden = busy;
      stopButton.hidden = !busy;
      if (hadFocus) (busy ? stopButton : box).focus();
    },
    fill(text) {
      box.value = text;
      fit();
    },
    focus: () => box.focus(),
  };
}
