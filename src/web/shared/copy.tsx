import { useState } from "preact/hooks";

/** How long a button says that it has copied, in milliseconds. */
const SAID_FOR_MS = 1_500;

interface CopyProps {
  readonly text: () => string;
  readonly label?: string;
  /** For readers that hear the page, where the label alone does not tell. */
  readonly name?: string;
  readonly class?: string;
}

/** A button that copies a text, and says so. */
export function CopyButton({ text, label = "Copy", name, class: kind = "quiet" }: CopyProps) {
  const [said, say] = useState("");
  const clicked = async () => {
    say((await copy(text())) ? "Copied" : "Press Ctrl+C");
    setTimeout(() => say(""), SAID_FOR_MS);
  };
  return (
    <button type="button" class={kind} aria-label={said === "" ? name : undefined} onClick={clicked}>
      {said || label}
    </button>
  );
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
