import type { Exchange } from "./exchange.ts";
import { Pacer } from "./pacing.ts";
import type { ParsedRequest, ScriptContext } from "./parsed-request.ts";
import type { SandboxProtocol, TokenCount } from "./protocol.ts";
import type { Scenario } from "./scenario.ts";
import { end, type Script, type ScriptStep } from "./script.ts";

const USUAL_PACE = 40;

/** One scenario about to be played to one caller. */
export interface Playback {
  readonly script: Script;
  readonly protocol: SandboxProtocol;
  readonly parsed: ParsedRequest;
  readonly pacer: Pacer;
  readonly perWrite: number;
  readonly rewrite: (text: string, first: boolean) => string;
  readonly exchange: Exchange;
}

/** Puts a scenario together with who asked. `pace` is the sandbox's, in tokens a second, where one was set. */
export function preparePlayback(
  scenario: Scenario,
  context: ScriptContext,
  {
    protocol,
    parsed,
    exchange,
    pace,
  }: { protocol: SandboxProtocol; parsed: ParsedRequest; exchange: Exchange; pace: number | undefined },
): Playback {
  const { script = () => [], window = Number.POSITIVE_INFINITY, obeysLimit, perWrite = 1 } = scenario;
  const most = Math.min(context.limit ?? Number.POSITIVE_INFINITY, window - context.inputTokens);
  return {
    script: obeysLimit ? limited(script(context), most) : script(context),
    protocol,
    parsed,
    pacer: new Pacer(rateOf(scenario, context, pace), exchange),
    perWrite,
    rewrite: scenario.rewrite ?? ((text) => text),
    exchange,
  };
}

function rateOf({ pace, chosenPace }: Scenario, context: ScriptContext, sandbox: number | undefined): number {
  const chosen = chosenPace?.(context);
  if (chosen !== undefined) return chosen;
  return pace === 0 ? 0 : (sandbox ?? pace ?? USUAL_PACE);
}

/** Whether a step counts as a token of output. */
export function isToken(step: ScriptStep): step is Extract<ScriptStep, { readonly text: string }> {
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

  add(step: Extract<ScriptStep, { readonly text: string }>): void {
    this.output++;
    if (step.do === "reasoning") this.reasoning++;
  }
}
