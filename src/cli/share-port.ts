import { readFileSync } from "node:fs";
import type { Settings } from "../config.ts";
import type { RoutingSettings } from "../routing/settings.ts";
import { UsageError } from "./exit.ts";

/** `--share-port`: several processes of one user on one port (docs/deploy.md). */

/**
 * What each of the processes would have for itself, and only a store can hold in common: the next request of a client
 * reaches whichever process the kernel chooses. Each is a phrase for the end of a sentence.
 */
function wantsStore({ resumeBytes }: Settings, { clients }: RoutingSettings): readonly string[] {
  const isLimited = [...(clients?.values() ?? [])].some(({ limits }) => Object.keys(limits).length > 0);
  return [
    ...(resumeBytes === 0 ? [] : ["answers that can be taken up again (--resume-bytes 0 does without them)"]),
    ...(isLimited ? ["the limits of the clients"] : []),
  ];
}

/** @throws {UsageError} where the port cannot be shared */
export function refuseUnshared(settings: Settings, routing: RoutingSettings): void {
  if (process.platform !== "linux")
    throw new UsageError("--share-port needs Linux: elsewhere the system gives a port to one process.");
  if (settings.port === 0)
    throw new UsageError("--share-port needs a --port: 0 would pick another one for each process.");
  const [first] = wantsStore(settings, routing);
  if (first !== undefined)
    throw new UsageError(`--share-port needs a store, since the processes would not share ${first}.`);
}

const MIGRATION = "/proc/sys/net/ipv4/tcp_migrate_req";

/**
 * What to say at the start where the kernel resets connections that wait to be accepted by a process that leaves,
 * in place of giving them to another one. Nothing where it gives them, or does not tell.
 */
export function migrationWarning(path: string = MIGRATION): string | undefined {
  try {
    if (readFileSync(path, "utf8").trim() !== "0") return undefined;
  } catch {
    return undefined;
  }
  return (
    "net.ipv4.tcp_migrate_req is 0: when one of the processes on this port stops, connections that wait for it are " +
    "reset. With 1 the kernel gives them to another one (docs/deploy.md)."
  );
}
