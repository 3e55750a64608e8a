import type { HeldAnswerOptions } from "../answers/held-answer-options.ts";
import { parseJson } from "../core/json.ts";
import type { SharedStore } from "./shared-store.ts";
import type { StoreKey } from "./store-key.ts";

/** Until the store is asked once more for an answer that it does not have. */
const AGAIN_MS = 100;

/** What the store has of one answer beside its text. Sealed: it says who may have the answer. */
export interface AnswerRecord {
  /** Absent where it can only be stopped. */
  readonly held?: {
    readonly id: string;
    readonly kind: HeldAnswerOptions["kind"];
    readonly headers: Readonly<Record<string, string>>;
    /** What its readers get that fell too far behind, and where the server that makes it is gone. */
    readonly farewell: string;
    readonly lost: string;
    readonly graceMs: number;
  };
  /** The server that makes it. */
  readonly replica: string;
  readonly owner?: string | undefined;
  readonly isOver?: boolean;
  /** It has become too long to be held. */
  readonly isOutgrown?: boolean;
}

/** Where the store has an answer. The names tell nothing of its id. */
export interface AnswerPlace {
  readonly record: string;
  readonly text: string;
}

export function placeOf(key: StoreKey, id: string): AnswerPlace {
  const record = key.nameOf("answer", id);
  return { record, text: `${record}:text` };
}

export function sealRecord(key: StoreKey, { record }: AnswerPlace, content: AnswerRecord): string {
  return key.sealerFor(record).seal(JSON.stringify(content), record);
}

/** @returns nothing where there is none that was sealed with this key */
function openRecord(key: StoreKey, { record }: AnswerPlace, sealed: unknown): AnswerRecord | undefined {
  if (typeof sealed !== "string") return undefined;
  try {
    // Nobody else can have sealed it.
    return parseJson(key.sealerFor(record).open(sealed, record).toString()) as unknown as AnswerRecord;
  } catch {
    return undefined;
  }
}

/** The record of an answer, from the store. @returns nothing where there is none, or the store cannot be reached */
export async function readRecord(store: SharedStore, id: string): Promise<AnswerRecord | undefined> {
  const place = placeOf(store.key, id);
  for (let tries = 0; tries < 2; tries++) {
    // One that has just begun is perhaps being written.
    if (tries > 0) await Bun.sleep(AGAIN_MS);
    const sealed = await store.command("GET", place.record).catch(() => null);
    const record = openRecord(store.key, place, sealed);
    if (record !== undefined || !store.isUp) return record;
  }
  return undefined;
}
