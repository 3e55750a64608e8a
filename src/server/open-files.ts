import { readFileSync } from "node:fs";

/** Files that the process needs beside connections, with some to spare. */
const SPARE = 128;

/** What one answer holds at most: the client's connection, the provider's, and with the demo the sandbox's end of it. */
const PER_ANSWER = 3;

/**
 * How many answers fit under the system's limit of open files, so that our own limit is reached first: a process
 * without file descriptors spins. Unlimited where the system does not tell.
 */
export function answersWithinOpenFiles(limit: number = openFilesLimit()): number {
  return Math.max(1, Math.floor((limit - SPARE) / PER_ANSWER));
}

/** The limit of this process, which the runtime has raised to the hard one. Linux alone tells. */
function openFilesLimit(): number {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
