import { mayReach, wouldReach } from "../routing/client-models.ts";
import type { Target } from "../routing/target.ts";
import { type RoutedRequest, targetsFor } from "../routing/targets-for.ts";
import type { Services } from "./services.ts";

/** Whom a request may ask, in order (docs/protocol.md 10). @throws {ChatError} */
export function targetsOf(
  routed: Omit<RoutedRequest, "headers" | "prefix">,
  request: Request,
  services: Services,
): readonly Target[] {
  const { headers } = request;
  const trace = services.traceOf(request);
  const { prefix } = trace;
  const client = services.client(request);
  const targets = targetsFor(
    { ...routed, headers, prefix, client },
    services.routing(),
    services.ownKeyAccess,
  );
  trace.route = targets[0]?.route;
  return targets;
}

/** The first of them, where only one is asked. @throws {ChatError} */
export function targetOf(
  routed: Omit<RoutedRequest, "headers" | "prefix">,
  request: Request,
  services: Services,
): Target {
  const [target] = targetsOf(routed, request, services);
  if (target === undefined) throw new Error("a request without a target");
  return target;
}

/**
 * Whether whoever asks may ask for this model, by the way that the request names: the address, where there is one, or its
 * headers and path.
 */
export function mayAsk(
  model: string,
  baseUrl: URL | undefined,
  request: Request,
  services: Services,
): boolean {
  const client = services.client(request);
  if (client === undefined) return true;
  const settings = services.routing();
  if (baseUrl !== undefined) return mayReach(client, [{ baseUrl, model }], model, settings);
  const { headers } = request;
  const { prefix } = services.traceOf(request);
  return wouldReach(client, { headers, prefix, model }, settings);
}

/** A path of the API, and the same behind a provider's name: `/groq/v1/…`. */
export function prefixedPaths(path: string): readonly string[] {
  return [path, `/:provider${path}`];
}
