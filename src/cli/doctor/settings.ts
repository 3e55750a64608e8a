import {
  ConfigError,
  loadRouting,
  loadSecrets,
  loadSettings,
  type Secrets,
  type Settings,
  unknownVariables,
} from "../../config.ts";
import { UsageError } from "../exit.ts";
import { serverOptions } from "../server-options.ts";
import { type Check, note, ok, problem } from "./check.ts";

const NAME = "settings";
const NO_SECRETS: Secrets = { token: undefined, heliconeKey: undefined };

/**
 * Whether the server could start with these settings.
 * @returns the settings in force, the defaults where there is something wrong with them, and what was found
 */
export function checkSettings(
  flags: Readonly<Record<string, unknown>>,
  file: string | undefined,
): { readonly settings: Settings; readonly checks: readonly Check[] } {
  const checks: Check[] = [];
  const attempt = <Value>(make: () => Value, instead: Value): Value => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof ConfigError || error instanceof UsageError)) throw error;
      checks.push(problem(NAME, error.message));
      return instead;
    }
  };
  const settings = attempt(() => loadSettings(flags, file), loadSettings({}, undefined, {}));
  const secrets = attempt(() => loadSecrets(settings), NO_SECRETS);
  if (checks.length === 0) attempt(() => loadRouting(file), undefined);
  if (checks.length === 0)
    attempt(() => serverOptions({ ...settings, logLevel: "silent" }, secrets), undefined);
  if (checks.length === 0) checks.push(ok(NAME, "fit together"));
  const unknown = unknownVariables();
  if (unknown.length > 0)
    checks.push(note(NAME, `${unknown.join(", ")}: no such setting, so nothing reads it`));
  return { settings, checks };
}
