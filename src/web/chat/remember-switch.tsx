import type { Page } from "./page.ts";

/** Whether keys and token outlive a reload of this tab. */
export function RememberSwitch({ page }: { readonly page: Page }) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        checked={page.secrets.isRemembered}
        onChange={({ currentTarget }) => {
          page.secrets.remember(currentTarget.checked);
          page.changed();
        }}
      />
      Remember keys and token for this tab, until it closes
    </label>
  );
}
