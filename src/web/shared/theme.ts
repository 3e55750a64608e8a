/** Light or dark as the system says, unless the reader chose. Runs before the page is drawn. */

const KEY = "nash-llm.theme";

type Theme = "light" | "dark";

function chosen(): Theme | undefined {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : undefined;
  } catch {
    return undefined;
  }
}

function keep(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that stores nothing forgets the choice, and that is all.
  }
}

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

function current(): Theme {
  return chosen() ?? (systemIsDark.matches ? "dark" : "light");
}

function apply(): void {
  document.documentElement.dataset["theme"] = current();
  for (const toggle of document.querySelectorAll<HTMLElement>("[data-theme-toggle]")) {
    toggle.textContent = current() === "dark" ? "Light theme" : "Dark theme";
  }
}

apply();
systemIsDark.addEventListener("change", apply);
document.addEventListener("DOMContentLoaded", apply);
document.addEventListener("click", ({ target }) => {
  if (!(target instanceof Element) || target.closest("[data-theme-toggle]") === null) return;
  keep(current() === "dark" ? "light" : "dark");
  apply();
});
