/** The page's icons, as paths in a square of 16. */
const PATHS = {
  plus: "M8 3v10M3 8h10",
  menu: "M2 4.5h12M2 11.5h8",
  summarize: "M2 4h12M2 8h8M2 12h4",
  plug: "M5.5 1.5V5M10.5 1.5V5M3.5 5h9v2.5a4.5 4.5 0 0 1-9 0zM8 12v2.5",
  code: "M5.5 4 1.5 8l4 4M10.5 4l4 4-4 4",
  settings: "M2 4.5h7M13 4.5h1M2 11.5h1M7 11.5h7M11 2.5v4M5 9.5v4",
  down: "M8 3v10M4 9l4 4 4-4",
  picture: "M2.5 3h11v10h-11zM2.5 11l3-3 3 3 2-2 3 3M10.5 6h.01",
} as const;

export function Icon({ name, class: kind }: { readonly name: keyof typeof PATHS; readonly class?: string }) {
  return (
    <svg viewBox="0 0 16 16" class={kind} aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
