import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Message } from "../../../client/index.ts";
import { isSessionId } from "../../../core/session.ts";
import { type Entry, type Opening, readRecords, type StoredSession } from "./session-file.ts";

const FOLDER = "sessions";
const SUFFIX = ".jsonl";

/** What is noted beside the messages of a turn. */
export type TurnNotes = Omit<Entry, "type" | "at" | "messages">;

/** The sessions on disk: a file of JSON lines for each, for nobody but the user to read. Keys are never in them. */
export class SessionStore {
  readonly #folder: string;
  /** What is on disk of the session at hand. */
  #id: string | undefined;
  #saved: readonly Message[] = [];

  /** @param stateFolder where what outlives a run is kept */
  constructor(stateFolder: string) {
    this.#folder = join(stateFolder, FOLDER);
  }

  /**
   * Adds a turn: a line with the messages that are new, or with all of them where earlier ones are gone.
   * @throws the system's error where it cannot be written
   */
  save(id: string, messages: readonly Message[], notes: TurnNotes): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const at = new Date().toISOString();
    const path = this.#path(id);
    const before = this.#id === id ? this.#saved : [];
    const grew = before.every((message, i) => messages[i] === message);
    const opening: Opening = { type: "session", id, at };
    const entry: Entry = {
      type: grew && (before.length > 0 || !existsSync(path)) ? "turn" : "history",
      at,
      ...notes,
      messages: grew ? messages.slice(before.length) : messages,
    };
    const lines = existsSync(path) ? [entry] : [opening, entry];
    appendFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""), { mode: 0o600 });
    this.#id = id;
    this.#saved = [...messages];
  }

  /** Goes on with a session: what it has is not written again. */
  resume({ id, messages }: StoredSession): void {
    this.#id = id;
    this.#saved = messages;
  }

  /** The sessions, the newest first; those whose files cannot be read are left out. */
  list(limit = Number.POSITIVE_INFINITY): StoredSession[] {
    const found: StoredSession[] = [];
    for (const id of this.#ids()) {
      if (found.length >= limit) break;
      const session = this.#read(id);
      if (session !== undefined) found.push(session);
    }
    return found;
  }

  /** The sessions whose id begins so. */
  find(prefix: string): StoredSession[] {
    const wanted = prefix.toLowerCase();
    const ids = this.#ids().filter((id) => id.toLowerCase().startsWith(wanted));
    return ids.map((id) => this.#read(id)).filter((session) => session !== undefined);
  }

  #read(id: string): StoredSession | undefined {
    try {
      return readRecords(readFileSync(this.#path(id), "utf8"));
    } catch {
      return undefined;
    }
  }

  /** Ids of the files, the last written first. */
  #ids(): string[] {
    let names: string[];
    try {
      names = readdirSync(this.#folder);
    } catch {
      return [];
    }
    const ids = names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length));
    return ids
      .filter(isSessionId)
      .map((id) => ({ id, time: this.#time(id) }))
      .sort((a, b) => b.time - a.time)
      .map(({ id }) => id);
  }

  #time(id: string): number {
    return statSync(this.#path(id), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  }

  #path(id: string): string {
    return join(this.#folder, id + SUFFIX);
  }
}
