import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface SheetProps {
  readonly title: string;
  readonly id: string;
  /** `sheet` slides in at the side, `card` lies in the middle. */
  readonly kind?: "sheet" | "card";
  readonly closed: () => void;
  readonly children: ComponentChildren;
}

/** A dialog. It closes by Escape, by a click beside it, and by any button in it that has `data-close`. */
export function Sheet({ title, id, kind = "sheet", closed, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    let isGone = false;
    shown?.showModal();
    shown?.addEventListener("close", () => {
      if (!isGone) closed();
    });
    shown?.addEventListener("click", ({ target }) => {
      const closes = target instanceof Element && target.closest("[data-close]") !== null;
      if (closes || target === shown) shown.close();
    });
    // Focus goes back to where it was only if the dialog closes before it is gone.
    return () => {
      isGone = true;
      shown?.close();
    };
  }, []);
  return (
    <dialog ref={dialog} class={kind} aria-labelledby={`${id}-title`}>
      {kind === "sheet" && (
        <div class="sheet-head">
          <h2 id={`${id}-title`}>{title}</h2>
          <button type="button" class="quiet" data-close>
            Close
          </button>
        </div>
      )}
      {kind === "card" && <h2 id={`${id}-title`}>{title}</h2>}
      {children}
    </dialog>
  );
}
