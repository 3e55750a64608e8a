import { type AnswerRecord, placeOf, sealRecord } from "./answer-record.ts";
import type { SharedStore } from "./shared-store.ts";

/** How long the store has an answer that can be stopped, unless it is told again. */
const RUNNING_MS = 90_000;

/** Answers of this server that can be stopped from any: the store knows whose they are, and who makes them. */
export class RunningAnswers {
  readonly #store: SharedStore;
  readonly #isHeld: (id: string) => boolean;
  readonly #owners = new Map<string, string | undefined>();

  /** @param isHeld whether an answer has a record that says as much already */
  constructor(store: SharedStore, isHeld: (id: string) => boolean) {
    this.#store = store;
    this.#isHeld = isHeld;
  }

  add(id: string, owner: string | undefined): void {
    this.#owners.set(id, owner);
    this.#tell(id, owner);
  }

  remove(id: string): void {
    this.#owners.delete(id);
    if (!this.#isHeld(id)) this.#store.tell("DEL", placeOf(this.#store.key, id).record);
  }

  /** They run still, or the store has lost them. */
  tellAll(): void {
    for (const [id, owner] of this.#owners) this.#tell(id, owner);
  }

  #tell(id: string, owner: string | undefined): void {
    if (this.#isHeld(id)) return;
    const place = placeOf(this.#store.key, id);
    const record: AnswerRecord = { replica: this.#store.replica, owner };
    this.#store.tell("SET", place.record, sealRecord(this.#store.key, place, record), "PX", RUNNING_MS);
  }
}
