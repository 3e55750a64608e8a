import type { Ask, Reading } from "./ask.ts";
import type { Scenario } from "./scenario.ts";
import { end, type Script, type Step } from "./step.ts";
import { Tempo } from "./tempo.ts";
import type { Visit } from "./visit.ts";
import type { TokenCount, Wire } from "./wire.ts";

const USUAL_PACE = 40;

/** One scenario about to be played to one caller. */
export interface Part {
  readonly script: Script;
  readonly wire: Wire;
  readonly reading: Reading;
  readonly tempo: Tempo;
  readonly perWrite: number;
  readonly rewrite: (text: string, first: boolean) => string;
  readonly visit: Visit;
}

/** Puts a scenario together with who asked. `pace` is the sandbox's, in tokens a second, where one was set. */
export function cast(
  scenario: Scenario,
  ask: Ask,
  { wire, reading, visit, pace }: { wire: Wire; reading: Reading; visit: Visit; pace: number | undefined },
): Part {
  const { script = () => [], window = Number.POSITIVE_INFINITY, obeysLimit, perWrite = 1 } = scenario;
  const most = Math.min(ask.limit ?? Number.POSITIVE_INFINITY, window - ask.inputTokens);
  return {
    script: obeysLimit ? limited(script(ask), most) : script(ask),
    wire,
    reading,
    tempo: new Tempo(rateOf(scenario, ask, pace), visit),
    perWrite,
    rewrite: scenario.rewrite ?? ((text) => text),
    visit,
  };
}

function rateOf({ pace, chosenPace }: Scenario, ask: Ask, sandbox: number | undefined): number {
  const chosen = chosenPace?.(ask);
  if (chosen !== undefined) return chosen;
  return pace === 0 ? 0 : (sandbox ?? pace ?? USUAL_PACE);
}

/** Whether a step counts as a token of output. */
export function isToken(step: Step): step is Extract<Step, { readonly text: string }> {
  return "text" in step;
}

function* limited(script: Script, most: number): Script {
  let left = most;
  for (const step of script) {
    if (isToken(step)) left--;
    if (left < 0) return yield end("length");
    yield step;
  }
}

/** Counts tokens as they are played. */
export class Counter implements TokenCount {
  readonly input: number;
  output = 0;
  reasoning = 0;

  constructor(input: number) {
    this.input = input;
  }

  add(step: Extract<Step, { readonly text: string }>): void {
    this.output++;
    if (step.do === "reasoning") this.reasoning++;
  }
}
