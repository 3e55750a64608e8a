import { isPattern } from "./route-patterns.ts";
import type { RoutingSettings } from "./settings.ts";

/** A name that a request may give as its `model`. */
export interface ListedModel {
  readonly id: string;
  /** The provider that is asked first. */
  readonly provider: string;
}

/**
 * What `GET /v1/models` lists without asking anybody: routes by name (a pattern is none), then the models that the
 * settings list for a provider, as `<provider>/<model>`.
 */
export function modelsListed({ routes, providers }: RoutingSettings): readonly ListedModel[] {
  const named = routes
    .filter(({ model }) => !isPattern(model))
    .map(({ model, to }) => ({ id: model, provider: to[0]?.provider ?? "" }));
  const listed = providers.flatMap(({ name, models }) =>
    models.map((model) => ({ id: `${name}/${model}`, provider: name })),
  );
  const all = [...named, ...listed];
  return all.filter(({ id }, i) => all.findIndex((other) => other.id === id) === i);
}
