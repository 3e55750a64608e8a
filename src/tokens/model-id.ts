/** What gateways and clouds put before a model's own name, each with a dot: `us.anthropic.claude-…`. */
const VENDORS: ReadonlySet<string> = new Set(
  "us eu apac jp au global us-gov anthropic openai meta mistral amazon deepseek cohere qwen".split(" "),
);

/**
 * A model's own name in one spelling: lower case, without vendor or path, and with `-` for `.`, since
 * gateways write `anthropic/claude-sonnet-4.5` where Anthropic writes `claude-sonnet-4-5`.
 */
export function bareModel(model: string): string {
  const path = model.toLowerCase();
  const file = path.slice(path.lastIndexOf("/") + 1);
  const name = file.startsWith("ft:") ? file.slice(3) : file;
  let [first = "", ...rest] = name.split(".");
  while (rest.length > 0 && VENDORS.has(first)) [first = "", ...rest] = rest;
  return [first, ...rest].join("-");
}

/** A row of a table by model; `models` are beginnings of names in the spelling of `bareModel`. */
export interface ModelRow {
  readonly models: readonly string[];
}

/**
 * The row with the longest beginning of this model's name, if any. The name may go on after it with anything
 * but a letter or a digit: a date, a version, `:free`.
 *
 * @returns also `plain`: nothing but a date follows the beginning, so it is this very model
 */
export function rowOf<Row extends ModelRow>(
  table: readonly Row[],
  model: string,
): { readonly row: Row; readonly plain: boolean } | undefined {
  const name = bareModel(model);
  let best: Row | undefined;
  let length = 0;
  for (const row of table) {
    for (const start of row.models) {
      if (start.length <= length || !name.startsWith(start) || /^[a-z0-9]/.test(name.slice(start.length)))
        continue;
      best = row;
      length = start.length;
    }
  }
  return best && { row: best, plain: /^([-@]\d{4}[-\d]*)?$/.test(name.slice(length)) };
}
