import { isObject } from "../core/json.ts";

/**
 * Merges a request's `provider_options` into a body. They count for more than what is there; objects on both sides
 * are merged in their turn, so that `stream_options.include_obfuscation` does not undo `stream_options.include_usage`.
 */
export function mergeOptions(
  body: Readonly<Record<string, unknown>>,
  options: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const merged = Object.entries(options).map(([name, value]) => {
    const ours = Object.hasOwn(body, name) ? body[name] : undefined;
    return [name, isObject(ours) && isObject(value) ? mergeOptions(ours, value) : value];
  });
  // Not by assignment: a field called `__proto__` is a field like any other.
  return { ...body, ...Object.fromEntries(merged) };
}
