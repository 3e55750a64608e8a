import { asCount, asObject, isObject, type JsonObject } from "../core/json.ts";

const COUNTS = [
  ...["prompt_tokens", "completion_tokens", "total_tokens"],
  ...["input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"],
];
const DETAILS = [
  "prompt_tokens_details",
  "completion_tokens_details",
  "input_tokens_details",
  "output_tokens_details",
];

/** Whether a provider's usage may be passed on: what is to be a count is one, or null where it stands apart from the rest. */
export function isValidUsage(usage: unknown): boolean {
  if (usage === undefined || usage === null) return true;
  if (!isObject(usage)) return false;
  return (
    COUNTS.every((name) => isCountOrNothing(usage[name])) &&
    DETAILS.every((name) =>
      Object.entries(asObject(usage[name]) ?? {}).every(
        ([field, value]) => !field.endsWith("_tokens") || isCountOrNothing(value),
      ),
    )
  );
}

function isCountOrNothing(value: unknown): boolean {
  return value === undefined || value === null || asCount(value) !== undefined;
}

const INPUTS = ["input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "prompt_tokens"];

/** Whether a report says that there was no input, which after a report of some must not replace it. */
export function saysNoInput(usage: JsonObject): boolean {
  const inputs = INPUTS.map((name) => usage[name]).filter((value) => value !== undefined);
  return inputs.length > 0 && inputs.every((value) => value === 0 || value === null);
}

/** Whether a report says that there was some input. */
export function saysInput(usage: JsonObject): boolean {
  return INPUTS.some((name) => (asCount(usage[name]) ?? 0) > 0);
}
