import type { Scenario } from "./scenario.ts";
import { answers } from "./scenarios/answers.ts";
import { brokenStreams } from "./scenarios/broken-streams.ts";
import { refusals } from "./scenarios/refusals.ts";

const SCENARIOS: readonly Scenario[] = [...answers, ...refusals, ...brokenStreams];
const BY_ID: ReadonlyMap<string, Scenario> = new Map(SCENARIOS.map((scenario) => [scenario.id, scenario]));
const USUAL_WINDOW = 200_000;

interface Model {
  readonly id: string;
  readonly about: string;
  /** Tokens of prompt and answer. */
  readonly window: number;
}

/** Every model there is, for both protocols' lists and for the help text. */
export const MODELS: readonly Model[] = SCENARIOS.map(({ id, about, window }) => ({
  id,
  about,
  window: window ?? USUAL_WINDOW,
}));

/**
 * The scenario behind a model's name. `claude-` may stand before any of them, for callers who choose the protocol by
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
export function modelsHelp(): string {
  const width = Math.max(...SCENARIOS.map(({ id }) => id.length));
  return SCENARIOS.map(({ id, about }) => `  ${id.padEnd(width)}  ${about}`).join("\n");
}
