/**
 * Runs a task for each item, at most `most` at once, and gives each result with its item's index as it comes.
 * The first failure stops the rest and is thrown.
 * @param signal when it aborts, so does the signal that the tasks are given
 */
export async function* sideBySide<T, R>(
  items: readonly T[],
  most: number,
  signal: AbortSignal,
  task: (item: T, signal: AbortSignal) => Promise<R>,
): AsyncGenerator<readonly [index: number, result: R], void, void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const running = new Map<number, Promise<readonly [number, R]>>();
  let next = 0;
  try {
    for (;;) {
      for (; next < items.length && running.size < most; next++) {
        const index = next;
        const result = task(items[index] as T, either).then((value) => [index, value] as const);
        // Those that are stopped after a failure fail as well, and nobody waits for them.
        result.catch(() => undefined);
        running.set(index, result);
      }
      if (running.size === 0) return;
      const [index, result] = await Promise.race(running.values());
      running.delete(index);
      yield [index, result];
    }
  } finally {
    stop.abort();
  }
}
