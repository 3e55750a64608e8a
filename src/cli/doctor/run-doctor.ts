import { type FoundServer, findLocalServers } from "../../chat/local-servers.ts";
import { loadCommonEnvironment, type Settings } from "../../config.ts";
import { isLoopbackHost } from "../../core/loopback.ts";
import { VERSION } from "../../version.ts";
import { addressHere } from "../banner.ts";
import { EXIT } from "../exit.ts";
import { createStyle } from "../style.ts";
import { type Check, note, ok } from "./check.ts";
import { checkContainer } from "./container.ts";
import { checkEnvironment } from "./environment.ts";
import { checkHealth } from "./health.ts";
import { checkClock, checkOpenFiles, checkStateFolder } from "./machine.ts";
import { checkOnline } from "./online.ts";
import { checkPort } from "./port.ts";
import { reportJson, reportText } from "./print-checks.ts";
import { checkSettings } from "./settings.ts";

export interface DoctorFlags {
  /** Also leave this machine. */
  readonly online?: boolean | undefined;
  readonly json?: boolean | undefined;
  /** Only ask a running server: at this address, or where the settings put it. */
  readonly health?: string | true | undefined;
  readonly config?: string | undefined;
}

/**
 * `nash-llm doctor`: says what is wrong here. Without `--online` it goes nowhere but to loopback.
 * @param given the flags of the server's own settings
 * @returns 1 where there is a problem
 */
export async function runDoctor(
  { online, json, health, config }: DoctorFlags,
  given: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { settings, checks: first } = checkSettings(given, config);
  const checks =
    health === undefined
      ? [...first, ...(await examine(settings, online === true))]
      : [await checkHealth(health === true ? addressHere(settings.host, settings.port) : health)];
  const { noColor, term } = loadCommonEnvironment();
  const style = createStyle(process.stdout.isTTY && !noColor && term !== "dumb");
  process.stdout.write(json === true ? reportJson(VERSION, checks) : reportText(VERSION, checks, style));
  return checks.some(({ status }) => status === "problem") ? EXIT.failed : EXIT.done;
}

async function examine(settings: Settings, online: boolean): Promise<readonly Check[]> {
  const { ollamaHost, stateFolder } = loadCommonEnvironment();
  const [port, servers, places] = await Promise.all([
    checkPort(settings.host, settings.port),
    settings.detect ? findLocalServers({ ollamaHost }) : undefined,
    online ? checkOnline(settings.useProxy) : [],
  ]);
  return [
    port,
    ...checkEnvironment(settings),
    models(servers),
    ...checkContainer(!isLoopbackHost(settings.host)),
    checkOpenFiles(settings.maxStreams),
    checkStateFolder(stateFolder),
    checkClock(Date.now()),
    ...places,
  ];
}

function models(servers: readonly FoundServer[] | undefined): Check {
  const name = "models here";
  if (servers === undefined) return note(name, "not looked for (--no-detect)");
  if (servers.length === 0)
    return note(
      name,
      "no model server found on loopback",
      "start Ollama, LM Studio or llama.cpp; until then the demo answers",
    );
  return ok(
    name,
    servers
      .map(({ name: server, api_base_url, models: list, wantsKey }) =>
        wantsKey === true
          ? `${server} at ${api_base_url} wants its key`
          : `${server} at ${api_base_url} with ${list.length === 1 ? "1 model" : `${list.length} models`}`,
      )
      .join("; "),
  );
}
