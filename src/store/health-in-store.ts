import { parseJson } from "../core/json.ts";
import type { SharedHealth, TargetNews } from "../routing/target-health.ts";
import type { SharedStore } from "./shared-store.ts";

const STREAM = "nash-llm:targets";
const MOST_NEWS = "1000";
/** A server that starts, or was cut off, hears what happened in so many milliseconds before. */
const LOOK_BACK_MS = 300_000;
const KEPT_MS = 600_000;

/** Which targets have failed and come back, as all servers tell each other. */
export class HealthInStore implements SharedHealth {
  readonly #store: SharedStore;

  constructor(store: SharedStore) {
    this.#store = store;
  }

  nameOf(target: string): string {
    return this.#store.key.nameOf("target", target);
  }

  tell(news: TargetNews): void {
    const { replica, key } = this.#store;
    const message = JSON.stringify({ ...news, at: Date.now() });
    const sealed = key.sealerFor(STREAM).seal(message, replica);
    this.#store.tell("XADD", STREAM, "MAXLEN", "~", MOST_NEWS, "*", "from", replica, "news", sealed);
    this.#store.tell("PEXPIRE", STREAM, KEPT_MS);
  }

  onNews(listener: (news: TargetNews) => void): void {
    const sealer = this.#store.key.sealerFor(STREAM);
    this.#store.follow(STREAM, `${Date.now() - LOOK_BACK_MS}-0`, ({ fields: { from, news } }) => {
      if (from === undefined || news === undefined || from === this.#store.replica) return;
      // Nobody without the key can have sealed it.
      const said = parseJson(sealer.open(news, from).toString()) as unknown as TargetNews & { at: number };
      const passed = Math.max(0, Date.now() - said.at);
      if (said.restMs === undefined) listener(said);
      else if (said.restMs > passed) listener({ ...said, restMs: said.restMs - passed });
    });
  }
}
