import type { HeldAnswerOptions } from "../answers/held-answer-options.ts";
import { parseJson } from "../core/json.ts";
import type { StoreKey } from "./store-key.ts";

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
export function openRecord(
  key: StoreKey,
  { record }: AnswerPlace,
  sealed: unknown,
): AnswerRecord | undefined {
  if (typeof sealed !== "string") return undefined;
  try {
    // Nobody else can have sealed it.
    return parseJson(key.sealerFor(record).open(sealed, record).toString()) as unknown as AnswerRecord;
  } catch {
    return undefined;
  }
}
