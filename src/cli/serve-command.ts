import { write } from "node:fs";
import { resolve } from "node:path";
import { isatty } from "node:tty";
import { wait } from "@elysiajs/stream";
import {
  ConfigError,
  loadCommonEnvironment,
  loadRouting,
  loadTelemetry,
  reloadable,
  type Secrets,
  type Settings,
} from "../config.ts";
import { isLoopbackHost } from "../core/loopback.ts";
import { ownKeysSentence } from "../routing/own-keys.ts";
import { NO_ROUTING } from "../routing/settings.ts";
import { endLog, stackOf } from "../server/log.ts";
import type { FindLocal } from "../server/routes/local.ts";
import type { ServerOptions } from "../server/start.ts";
import type { Telemetry } from "../server/telemetry.ts";
import { addressLines, foundLine, type Listening, tryLine } from "./banner.ts";
import { EXIT } from "./exit.ts";
import { openLedger } from "./open-ledger.ts";
import { exposed, isOpen, listen, serverOptions } from "./server-options.ts";
import { migrationWarning } from "./share-port.ts";
import { createStyle } from "./style.ts";

/** How long the last rows of the ledger may take to be written. */
const LAST_ROWS_MS = 2_000;

/** How long the last lines of the log may take to be written. */
const LAST_LINES_MS = 500;

/** Whoever waits for the first line asks at once. Looking around this machine waits for a moment, so that they come first. */
const CALM_MS = 50;

/** A token of fewer characters can be guessed from elsewhere. */
const LEAST_TOKEN = 16;
const SHORT_TOKEN = `The token has fewer than ${LEAST_TOKEN} characters, and others on the network can try to guess it. A better one: openssl rand -hex 32`;

/** How often it is looked whether the parent is still there. */
const PARENT_CHECK_MS = 500;

/**
 * `nash-llm serve`: runs until it is told to stop.
 * @param config the file of `--config`, where it was given as a flag
 */
export async function runServer(settings: Settings, secrets: Secrets, config?: string): Promise<number> {
  let hasStarted = false;
  const routing = reloadable(() => {
    const settled = loadRouting(config);
    // The last client may have gone from the file.
    if (hasStarted && isOpen(settings, secrets, settled)) throw new ConfigError(exposed(settings.host));
    return settled;
  });
  const own = serverOptions(settings, secrets, routing.current);
  const opened =
    settings.ledger === undefined ? undefined : await openLedger(settings.ledger, secrets, own.logger);
  const options: ServerOptions = { ...own, telemetry: await telemetryFor(settings, own), ...opened };
  const server = listen(options);
  hasStarted = true;
  // A net, never the plan: whatever slips through is logged, and the other answers go on.
  const logged = (error: unknown) => options.logger.error({ stack: stackOf(error) });
  process.on("unhandledRejection", logged).on("uncaughtException", logged);
  const stopped = stopSignal();
  if (options.maxRequests !== undefined && options.maxRequests < settings.maxStreams)
    options.logger.warn({
      max_requests: options.maxRequests,
      msg: "the runtime's limit of requests was not lifted",
    });
  const warning = settings.sharePort ? migrationWarning() : undefined;
  if (warning !== undefined) options.logger.warn({ share_port: warning });
  if (routing.current() !== NO_ROUTING) process.on("SIGHUP", () => routing.reload(options.logger));
  if (settings.exitWithParent) stopWithParent();
  const { token } = secrets;
  if (!isLoopbackHost(settings.host) && token !== undefined && token.reveal().length < LEAST_TOKEN)
    process.stderr.write(`nash-llm: ${SHORT_TOKEN}\n`);
  if (settings.readyJson) {
    const { version } = options;
    await print([JSON.stringify({ url: server.url, port: server.port, pid: process.pid, version })]);
  } else if (!settings.quiet) {
    const listening: Listening = {
      version: options.version,
      host: options.hostname,
      port: server.port,
      exposed: !isLoopbackHost(settings.host),
      names: settings.allowHost,
      tokenInShell: tokenInShell(settings, secrets, routing.current().clients !== undefined),
      windows: process.platform === "win32",
      ownKeys: ownKeysSentence(routing.current(), {
        token: secrets.token,
        allowOrigins: settings.allowOrigin,
        exposed: !isLoopbackHost(settings.host),
      }),
    };
    await greet(listening, settings.detect ? options.findLocal : undefined, stopped);
  }
  await stopped;
  // A second signal ends the process at once: the runtime's own handling is back in force.
  await server.stop(settings.drainTimeout * 1000, settings.drainDelay * 1000);
  await opened?.ledger.close(LAST_ROWS_MS);
  await endLog(options.logger, LAST_LINES_MS);
  return EXIT.done;
}

/** OpenTelemetry, which is loaded, and paid for, only where a collector is named. */
async function telemetryFor(settings: Settings, server: ServerOptions): Promise<Telemetry | undefined> {
  const wanted = loadTelemetry(settings);
  if (wanted === undefined) return undefined;
  const { createTelemetry } = await import("../server/opentelemetry/telemetry.ts");
  return createTelemetry({ ...wanted, version: server.version, logger: server.logger });
}

/** Prints the addresses at once, and the rest when it is known what runs on this machine. */
async function greet(
  listening: Listening,
  findLocal: FindLocal | undefined,
  stopped: Promise<void>,
): Promise<void> {
  const { noColor, term } = loadCommonEnvironment();
  const style = createStyle(isatty(1) && !noColor && term !== "dumb");
  const printed = print(addressLines(listening, style));
  const found = findLocal === undefined ? [] : await Promise.race([wait(CALM_MS).then(findLocal), stopped]);
  if (found === undefined) return;
  const rest = [...(findLocal === undefined ? [] : [foundLine(found, style)]), tryLine(listening, style)];
  void printed.then(() => print(rest));
}

/**
 * Settles when it is written, or cannot be: whoever started it may read the first line and close the pipe, or read
 * nothing at all, and the server stays. Not through the runtime's stream, which takes longer to make than all the rest
 * of the greeting; nor with `Bun.write`, which waits for a pipe that is full and everybody with it.
 */
function print(lines: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    write(1, lines.map((text) => `${text}\n`).join(""), () => resolve());
  });
}

/** How a shell gets at the token. */
function tokenInShell(settings: Settings, { token }: Secrets, hasClients: boolean): string | undefined {
  if (token === undefined && !hasClients) return undefined;
  if (process.platform === "win32") return "%NASH_LLM_TOKEN%";
  if (hasClients || settings.tokenFile === undefined) return "$NASH_LLM_TOKEN";
  return `$(cat '${resolve(settings.tokenFile).replaceAll("'", "'\\''")}')`;
}

/** Stops as SIGTERM does when the process that started this one is gone. */
function stopWithParent(): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (isAlive(parent) && (process.platform === "win32" || process.ppid === parent)) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, PARENT_CHECK_MS);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Settles with the first SIGTERM or SIGINT. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      process.off("SIGTERM", stop);
      process.off("SIGINT", stop);
      resolve();
    };
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
  });
}
