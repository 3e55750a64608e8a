import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { answersWithinOpenFiles } from "../../server/open-files.ts";
import { type Check, note, ok, problem } from "./check.ts";

/** Before this day there was no nash-llm: a clock that says so is wrong. */
const FIRST_DAY = Date.UTC(2026, 10, 1);

/** Whether the limit of open files leaves room for as many answers as the settings allow. */
export function checkOpenFiles(maxStreams: number, room = answersWithinOpenFiles()): Check {
  const name = "open files";
  if (room === Number.POSITIVE_INFINITY) return ok(name, "this system does not tell its limit");
  return room >= maxStreams
    ? ok(name, `room for ${maxStreams} answers at once`)
    : note(
        name,
        `room for ${room} answers at once, not for the ${maxStreams} of --max-streams`,
        "raise the limit: `ulimit -Hn`, `LimitNOFILE=` of systemd, `--ulimit nofile=` of Docker",
      );
}

/** Whether the client can keep its conversations. */
export function checkStateFolder(folder: string | undefined): Check {
  const name = "state folder";
  if (folder === undefined) return note(name, "no home folder: the client keeps no conversations");
  const nearest = nearestExisting(folder);
  if (isWritableFolder(nearest))
    return ok(name, nearest === folder ? folder : `${folder}, made when the client first needs it`);
  return note(
    name,
    `${nearest} cannot be written: the client keeps no conversations`,
    "set XDG_STATE_HOME to a folder of yours",
  );
}

function isWritableFolder(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}

/** With a clock far behind, certificates seem not to be valid yet. */
export function checkClock(now: number): Check {
  const text = new Date(now).toISOString();
  return now < FIRST_DAY
    ? problem("clock", `${text} is in the past`, "set this machine's clock: certificates seem invalid to it")
    : ok("clock", text);
}
