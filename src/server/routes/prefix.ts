import { type Elysia, NotFoundError } from "elysia";
import { isBarePrefix } from "../../routing/path-prefix.ts";
import type { RoutingSettings } from "../../routing/settings.ts";

/** The bare name of a provider: programs probe their base URL with `HEAD` or `GET` before they ask. */
export function addPrefixRoutes(app: Elysia, routing: () => RoutingSettings): void {
  const answer = ({ request }: { readonly request: Request }) => {
    const { pathname } = new URL(request.url);
    if (!isBarePrefix(pathname, routing())) throw new NotFoundError();
    return new Response(null);
  };
  const hidden = { detail: { hide: true } };
  for (const path of ["/:provider", "/:provider/", "/:provider/v1"])
    app.get(path, answer, hidden).head(path, answer, hidden);
}
