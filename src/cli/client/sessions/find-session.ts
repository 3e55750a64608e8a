import { UsageError } from "../../exit.ts";
import type { StoredSession } from "./session-file.ts";
import type { SessionStore } from "./session-store.ts";

/** Which conversation to go on with. */
export interface SessionWish {
  /** `--continue`: the last one. */
  readonly last: boolean;
  /** `--session`: the first letters of an id. */
  readonly id: string | undefined;
}

/**
 * The conversation to go on with; nothing where none was asked for.
 * @throws {UsageError} where it is not there
 */
export function findSession(
  store: SessionStore | undefined,
  { last, id }: SessionWish,
): StoredSession | undefined {
  if (!last && id === undefined) return undefined;
  if (last && id !== undefined)
    throw new UsageError("--continue and --session: one of them says which conversation.");
  if (store === undefined) throw new UsageError("There is no home folder, so no conversation was kept.");
  if (id === undefined) {
    const [newest] = store.list(1);
    if (newest === undefined) throw new UsageError("No conversation is on disk yet.");
    return newest;
  }
  const [found, ...others] = store.find(id);
  if (found === undefined) throw new UsageError(`No conversation on disk begins with ${id}.`);
  if (others.length > 0)
    throw new UsageError(`${others.length + 1} conversations begin with ${id}; write more of it.`);
  return found;
}
