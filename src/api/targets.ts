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
  const { prefix } = services.traceOf(request);
  return targetsFor({ ...routed, headers, prefix }, services.routing(), services.ownKeyAccess);
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

/** A path of the API, and the same behind a provider's name: `/groq/v1/…`. */
export function prefixedPaths(path: string): readonly string[] {
  return [path, `/:provider${path}`];
}
