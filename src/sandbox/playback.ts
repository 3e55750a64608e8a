import type { Exchange } from "./exchange.ts";
import { Pacer } from "./pacing.ts";
import type { ScriptContext } from "./parsed-request.ts";
import type { SandboxProtocol, TokenCount } from "./protocol.ts";
import type { CacheUse } from "./request-history.ts";
import type { Scenario } from "./scenario.ts";
import { end, isToken, type Script, type ScriptStep, type TokenStep } from "./script.ts";

const USUAL_PACE = 40;

/** One scenario about to be played to one client. */
export interface Playback {
  readonly script: Script;
  readonly protocol: SandboxProtocol;
  readonly context: ScriptContext;
  readonly pacer: Pacer;
  readonly perWrite: number;
  readonly rewrite: (text: string, first: boolean) => string;
  readonly exchange: Exchange;
  readonly usage: UsageCounter;
}

/** What is needed to play a scenario besides the scenario itself. */
export interface PlaybackOptions {
  readonly protocol: SandboxProtocol;
  readonly exchange: Exchange;
  /** The sandbox's pace in tokens a second, where one was set. */
  readonly pace: number | undefined;
  readonly cache?: CacheUse;
}

/** Puts a scenario together with the request that asked for it. */
export function preparePlayback(
  scenario: Scenario,
  context: ScriptContext,
  { protocol, exchange, pace, cache }: PlaybackOptions,
): Playback {
  const { window = Number.POSITIVE_INFINITY, obeysLimit, perWrite = 1 } = scenario;
  const most = Math.min(context.limit ?? Number.POSITIVE_INFINITY, window - context.inputTokens);
  const script = scenario.script?.(context) ?? [];
  const limited = obeysLimit ? limitTo(script, most) : script;
  return {
    script: protocol.interleavesCalls ? limited : oneCallAtATime(limited),
    protocol,
    context,
    pacer: new Pacer(rateOf(scenario, context, pace), exchange),
    perWrite,
    rewrite: scenario.rewrite ?? ((text) => text),
    exchange,
    usage: new UsageCounter(context.inputTokens, cache),
  };
}

function rateOf({ pace, chosenPace }: Scenario, context: ScriptContext, sandbox: number | undefined): number {
  const chosen = chosenPace?.(context);
  if (chosen !== undefined) return chosen;
  return pace === 0 ? 0 : (sandbox ?? pace ?? USUAL_PACE);
}

function* limitTo(script: Script, most: number): Script {
  let left = most;
  for (const step of script) {
    if (isToken(step)) left--;
    if (left < 0) return yield end("length");
    yield step;
  }
}

/** Calls whose pieces alternate, one after the other: for protocols in which one block is open at a time. */
function* oneCallAtATime(script: Script): Script {
  let calls: ScriptStep[][] = [];
  for (const step of script) {
    if (step.do === "call") calls.push([step]);
    else if (step.do === "argument")
      (calls[step.call ?? -1] ?? calls.at(-1))?.push({ do: "argument", text: step.text });
    else {
      yield* calls.flat();
      calls = [];
      yield step;
    }
  }
  yield* calls.flat();
}

/** Counts tokens as they are played. */
export class UsageCounter implements TokenCount {
  readonly input: number;
  readonly cached: number;
  readonly cacheWritten: number;
  output = 0;
  reasoning = 0;

  constructor(input: number, { read, written }: CacheUse = { read: 0, written: 0 }) {
    this.input = input;
    this.cached = read;
    this.cacheWritten = written;
  }

  add(step: TokenStep): void {
    this.output++;
    if (step.do === "reasoning") this.reasoning++;
  }
}
