import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseJson } from "../../../core/json.ts";

const KEPT = 1_000;

/** What was typed, the newest first, and kept for the next time where there is a file. */
export class History {
  readonly #path: string | undefined;
  readonly #entries: string[] = [];

  /** @param path the file; none keeps the history to this run */
  constructor(path: string | undefined) {
    this.#path = path;
    if (path !== undefined) this.#entries = read(path);
  }

  get entries(): readonly string[] {
    return this.#entries;
  }

  /** Notes an entry. What begins with a space is not kept, as in a shell. A file that cannot be written is no fault. */
  add(entry: string): void {
    if (entry.trim() === "" || entry.startsWith(" ") || entry === this.#entries[0]) return;
    this.#entries.unshift(entry);
    if (this.#path === undefined) return;
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      appendFileSync(this.#path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    } catch {
      // Read-only homes exist; the history of this run is there all the same.
    }
  }
}

/** One JSON text to a line, so that an entry may have several lines. */
function read(path: string): string[] {
  let lines: string[];
  try {
    lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
  if (lines.length > 2 * KEPT) {
    lines = lines.slice(-KEPT);
    try {
      writeFileSync(path, `${lines.join("\n")}\n`, { mode: 0o600 });
    } catch {
      // It stays longer than it need be.
    }
  }
  const entries = lines.map(parseJson).filter((entry) => typeof entry === "string");
  return entries.reverse().slice(0, KEPT);
}
