/** How long a button says that it has copied, in milliseconds. */
const SAID_FOR_MS = 1_500;

/** A button that copies a text, and says so. */
export function copyButton(label: string, text: () => string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "quiet";
  made.textContent = label;
  made.addEventListener("click", async () => {
    made.textContent = (await copy(text())) ? "Copied" : "Press Ctrl+C";
    setTimeout(() => {
      made.textContent = label;
    }, SAID_FOR_MS);
  });
  return made;
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** For pages that are reached by plain http under another name than loopback: those have no clipboard. */
function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  const host = document.querySelector("dialog[open]") ?? document.body;
  host.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
