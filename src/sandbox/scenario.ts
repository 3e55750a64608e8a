import type { ProtocolName } from "../core/translation.ts";
import type { ScriptContext } from "./parsed-request.ts";
import type { ErrorByProtocol } from "./provider-error.ts";
import type { Script } from "./script.ts";

/** What one model of the sandbox does. Adding one is adding such an entry to a table under `scenarios/`. */
export interface Scenario {
  /** The model's name. */
  readonly id: string;
  /** One line for the list of models and the help text. */
  readonly about: string;
  /** It fails, or behaves as no provider should. */
  readonly fails?: true;
  /** More may follow the name, after a hyphen: the script finds it in `context.options`. */
  readonly options?: true;
  /** Tokens a second; 0 is as fast as they are read, whatever the sandbox's pace. Otherwise a pace set there wins. */
  readonly pace?: number;
  /** Tokens a second that the client chose by an option: wins over both. */
  readonly chosenPace?: (context: ScriptContext) => number | undefined;
  /** Tokens in one write; 1 unless said. */
  readonly perWrite?: number;
  /** The most tokens that prompt and answer may have together. */
  readonly window?: number;
  /** Ends for length where the client's limit or the window does, and compacts when asked. The others do neither. */
  readonly obeysLimit?: true;
  /** Reports cached tokens when a conversation comes again. */
  readonly caches?: true;
  /** A refusal in place of an answer; undefined for an answer. */
  readonly refuse?: (context: ScriptContext) => ErrorByProtocol | undefined;
  readonly script?: (context: ScriptContext) => Script;
  /** Changes the bytes on their way out; `first` is true for the start of the body. */
  readonly rewrite?: (text: string, first: boolean) => string;
  /** Headers in place of the protocol's own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers with JSON though a stream was asked for. */
  readonly json?: true;
  /** Never answers, not even with a status. */
  readonly hang?: true;
  /** An answer that no provider's protocol knows; undefined for the script's. */
  readonly respond?: (path: string, protocol: ProtocolName) => Response | undefined;
}

/** A scenario that answers every request with the same error. */
export function alwaysRefuses(id: string, about: string, error: ErrorByProtocol): Scenario {
  return { id, about, fails: true, refuse: () => error };
}
