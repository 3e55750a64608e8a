/** Text without halves of surrogate pairs: providers refuse a whole request for one, and clients cannot show them. */

/**
 * JSON in which every string is well-formed Unicode; the same object where it already was. A half that has lost its other
 * half is U+FFFD; two halves that stand at the end and the start of neighbouring texts are joined in the first.
 */
export function wellFormed<T>(value: T): T {
  return repaired(value) as T;
}

function repaired(value: unknown): unknown {
  if (typeof value === "string") return value.isWellFormed() ? value : value.toWellFormed();
  if (Array.isArray(value)) return repairedList(value);
  if (typeof value !== "object" || value === null) return value;
  let changed: Record<string, unknown> | undefined;
  for (const [name, held] of Object.entries(value)) {
    const sound = repaired(held);
    if (sound === held && name.isWellFormed()) continue;
    changed ??= { ...(value as Record<string, unknown>) };
    if (!name.isWellFormed()) delete changed[name];
    // Not by assignment: a field called `__proto__` is a field like any other.
    Object.defineProperty(changed, name.toWellFormed(), {
      value: sound,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
  return changed ?? value;
}

function repairedList(list: readonly unknown[]): readonly unknown[] {
  const joined = joinNeighbours(list);
  let changed: unknown[] | undefined = joined === list ? undefined : [...joined];
  for (const [i, held] of joined.entries()) {
    const sound = repaired(held);
    if (sound === held) continue;
    changed ??= [...joined];
    changed[i] = sound;
  }
  return changed ?? list;
}

const ENDS_IN_HIGH = /[\ud800-\udbff]$/;
const BEGINS_WITH_LOW = /^[\udc00-\udfff]/;

/** Parts of content are one text for the model: a pair that was cut between two of them becomes whole. */
function joinNeighbours(list: readonly unknown[]): readonly unknown[] {
  let joined: unknown[] | undefined;
  for (let i = 0; i + 1 < list.length; i++) {
    const [first, second] = [textOf((joined ?? list)[i]), textOf(list[i + 1])];
    if (first === undefined || second === undefined) continue;
    if (!ENDS_IN_HIGH.test(first) || !BEGINS_WITH_LOW.test(second)) continue;
    joined ??= [...list];
    joined[i] = { ...(joined[i] as object), text: first + second.charAt(0) };
    joined[i + 1] = { ...(list[i + 1] as object), text: second.slice(1) };
  }
  return joined ?? list;
}

function textOf(part: unknown): string | undefined {
  const text = typeof part === "object" && part !== null && "text" in part ? part.text : undefined;
  return typeof text === "string" ? text : undefined;
}

/** Joins the halves of surrogate pairs that come in two deltas of one text. */
export class HalfJoiner {
  #half = "";

  /** The text with the half that waited before it, and without a half at its end, which waits. */
  take(text: string): string {
    if (this.#half === "" && text.isWellFormed()) return text;
    const whole = this.#half + text;
    const waits = ENDS_IN_HIGH.test(whole);
    this.#half = waits ? whole.slice(-1) : "";
    return (waits ? whole.slice(0, -1) : whole).toWellFormed();
  }

  /** What still waits, at the end: U+FFFD in place of a half, or nothing. */
  flush(): string {
    const rest = this.#half.toWellFormed();
    this.#half = "";
    return rest;
  }

  get waits(): boolean {
    return this.#half !== "";
  }
}
