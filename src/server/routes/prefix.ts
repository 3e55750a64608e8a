import { Elysia, NotFoundError } from "elysia";
import { isBarePrefix } from "../../routing/path-prefix.ts";
import type { RoutingSettings } from "../../routing/settings.ts";

/** The bare name of a provider: programs probe their base URL with `HEAD` or `GET` before they ask. */
export function prefixRoutes(routing: () => RoutingSettings) {
  const answer = ({ request }: { readonly request: Request }) => {
    const { pathname } = new URL(request.url);
    if (!isBarePrefix(pathname, routing())) throw new NotFoundError();
    return new Response(null);
  };
  const hidden = { detail: { hide: true } };
  const routes = new Elysia({ name: "prefix" });
  for (const path of ["/:provider", "/:provider/", "/:provider/v1"])
    routes.get(path, answer, hidden).head(path, answer, hidden);
  return routes;
}
