/** A binary heap of numbers, the smallest on top. */
export class MinimumHeap {
  readonly #items: number[] = [];

  get size(): number {
    return this.#items.length;
  }

  push(item: number): void {
    const items = this.#items;
    let at = items.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent] ?? 0;
      if (above <= item) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  /** Takes the smallest away. Only for a heap that is not empty. */
  pop(): number {
    const items = this.#items;
    const top = items[0] ?? 0;
    const item = items.pop() ?? 0;
    const size = items.length;
    if (size === 0) return top;
    let at = 0;
    for (let child = 1; child < size; child = at * 2 + 1) {
      const right = items[child + 1];
      if (right !== undefined && right < (items[child] ?? 0)) child++;
      const below = items[child] ?? 0;
      if (below >= item) break;
      items[at] = below;
      at = child;
    }
    items[at] = item;
    return top;
  }
}
