import type { Route, RoutingSettings } from "./settings.ts";

/** The route for a model: the one of exactly this name, else the first whose pattern matches. */
export function routeFor(model: string, { routes }: RoutingSettings): Route | undefined {
  if (model === "") return undefined;
  return (
    routes.find((route) => route.model === model) ??
    routes.find((route) => isPattern(route.model) && matches(route.model, model))
  );
}

export function isPattern(model: string): boolean {
  return model.includes("*");
}

/** Whether a name fits a pattern. Takes time in proportion to both, whatever is sent. */
export function matches(pattern: string, name: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop() ?? "";
  if (!name.startsWith(first) || name.length < first.length + last.length || !name.endsWith(last))
    return false;
  let from = first.length;
  const end = name.length - last.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at === -1 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
