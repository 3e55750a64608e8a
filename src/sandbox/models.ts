import type { ModelEntry } from "./protocol.ts";
import type { Scenario } from "./scenario.ts";
import { answers } from "./scenarios/answers.ts";
import { brokenStreams } from "./scenarios/broken-streams.ts";
import { oddFailures } from "./scenarios/odd-failures.ts";
import { oddForms } from "./scenarios/odd-forms.ts";
import { refusals } from "./scenarios/refusals.ts";
import { toolCalls } from "./scenarios/tool-calls.ts";

const SCENARIOS: readonly Scenario[] = [
  ...answers,
  ...toolCalls,
  ...refusals,
  ...brokenStreams,
  ...oddFailures,
  ...oddForms,
];
const BY_ID: ReadonlyMap<string, Scenario> = new Map(SCENARIOS.map((scenario) => [scenario.id, scenario]));
const USUAL_WINDOW = 200_000;

function entryOf({ id, about, window = USUAL_WINDOW }: Scenario): ModelEntry {
  return { id, about, window };
}

/** Every model there is, for the protocols' lists and for the help text. */
export const MODELS: readonly ModelEntry[] = SCENARIOS.map(entryOf);

/** Those that fail or do what no provider should, for the help text: `{ id, about }`. */
export const FAILING_MODELS: readonly ModelEntry[] = SCENARIOS.filter(({ fails }) => fails).map(entryOf);

/**
 * The scenario behind a model's name. `claude-` may stand before any of them, for clients that choose the protocol by
 * the name; options may follow those that take some.
 */
export function findScenario(
  model: string,
): { readonly scenario: Scenario; readonly options: readonly string[] } | undefined {
  const id = model.replace(/^claude-/, "");
  const exact = BY_ID.get(id);
  if (exact !== undefined) return { scenario: exact, options: [] };
  const scenario = SCENARIOS.find((candidate) => candidate.options && id.startsWith(`${candidate.id}-`));
  return scenario && { scenario, options: id.slice(scenario.id.length + 1).split("-") };
}

/** The models as text, one to a line. */
export function modelsHelp(models: readonly ModelEntry[] = MODELS): string {
  const width = Math.max(...models.map(({ id }) => id.length));
  return models.map(({ id, about }) => `  ${id.padEnd(width)}  ${about}`).join("\n");
}
