import type { HeldAnswer } from "./held-answer.ts";

/** How long somebody waits for what others have had of an answer that another server makes, in milliseconds. */
const CATCH_UP_MS = 15_000;
const LOOK_EVERY_MS = 30;

/**
 * Behind how many events one begins that has had so many. Of an answer that another server makes what that one's readers
 * have may not be here yet, and where it is gone never will be: then the end is told whoever had what.
 * @returns nothing where there are not so many; of one that has outgrown its share nothing can be read
 */
export async function catchUp(answer: HeldAnswer, events: number): Promise<number | undefined> {
  // Whoever asks is told so, whatever they had.
  if (answer.isOutgrown) return events;
  const end = performance.now() + CATCH_UP_MS;
  const mayCome = () => answer.options.isFromElsewhere === true && !answer.isOver && performance.now() < end;
  while (events > answer.eventCount && mayCome()) {
    answer.awaitedAt = performance.now();
    await Bun.sleep(LOOK_EVERY_MS);
  }
  if (answer.lostAt !== undefined) return Math.min(events, answer.lostAt);
  return events <= answer.eventCount ? events : undefined;
}
