import { unsupportedField } from "../core/failure.ts";
import { isObject } from "../core/json.ts";
import type { ProtocolName, Translation } from "../core/translation.ts";

/**
 * What becomes of a field on its way to a provider of another protocol:
 * `mapped` to a field of that protocol; `ignored` without a report, since it has no effect there; `dropped` and told in
 * `x-nash-llm-dropped`; `changed`, done another way and told in `x-nash-llm-changed`; `refused` with 400, since the
 * meaning of the answer would change.
 */
export type Fate = "mapped" | "ignored" | "dropped" | "changed" | "refused";

/** When a rule applies. Null and absent fields never reach a rule. */
export interface Condition {
  /** For the page, such as "over 1". */
  readonly words: string;
  readonly test: (value: unknown) => boolean;
}

export interface Rule {
  readonly fate: Fate;
  readonly when?: Condition;
  /** What it becomes, or why it cannot; for the page, and for the refusal's message. */
  readonly note?: string;
}

/** Rules in order: the first whose condition holds. Where none does the field is mapped. */
export type Rules = readonly Rule[];

/** One field of a dialect. A protocol that is not named is the dialect's own. */
export interface FieldRow extends Partial<Readonly<Record<ProtocolName, Rules>>> {
  /** A path such as `stream_options.include_usage`; `tools[]` is each element of the list `tools`. */
  readonly field: string;
}

/** All fields of one dialect that anything is known of. Others are dropped. */
export interface TranslationTable {
  readonly title: string;
  /** The dialect's own protocol: toward its providers the body goes out as it came. */
  readonly protocol: ProtocolName;
  readonly rows: readonly FieldRow[];
}

export const PROTOCOL_TITLES: Readonly<Record<ProtocolName, string>> = {
  openai: "OpenAI chat completions",
  anthropic: "Anthropic Messages",
  responses: "OpenAI Responses",
};

/** For rows: the rules with the note, in the order of the arguments. */
export const mapped = (note?: string): Rule => rule("mapped", note);
export const ignored = (note?: string): Rule => rule("ignored", note);
export const dropped = (note?: string): Rule => rule("dropped", note);
export const changed = (note: string): Rule => rule("changed", note);
export const refused = (note: string): Rule => rule("refused", note);

function rule(fate: Fate, note: string | undefined): Rule {
  return note === undefined ? { fate } : { fate, note };
}

/** Makes a rule apply only to some values. */
export function where(words: string, test: (value: unknown) => boolean, rule: Rule): Rule {
  return { ...rule, when: { words, test } };
}

export const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** One table, ready to be applied. */
export class FieldTranslator {
  readonly #table: TranslationTable;
  readonly #rows: ReadonlyMap<string, FieldRow>;
  /** Paths that rows go on from, with the `.` or `[` that they go on with. */
  readonly #inner = new Set<string>();

  constructor(table: TranslationTable) {
    this.#table = table;
    this.#rows = new Map(table.rows.map((row) => [row.field, row]));
    for (const { field } of table.rows)
      for (const { index, 0: mark } of field.matchAll(/[.[]/g)) this.#inner.add(field.slice(0, index) + mark);
  }

  /**
   * Tells `translation` what becomes of a body's fields. Toward the dialect's own protocol nothing of this applies.
   * @throws {ChatError} `invalid_request`, `unsupported`, for the first field that is refused
   */
  apply(body: object, protocol: ProtocolName, translation: Translation): void {
    if (protocol !== this.#table.protocol) this.#object(body, "", "", protocol, translation);
  }

  /** @param pattern the path as rows have it @param path the same with numbers, for the client */
  #object(value: object, pattern: string, path: string, protocol: ProtocolName, out: Translation): void {
    for (const [key, inner] of Object.entries(value))
      this.#field(inner, pattern + key, path + key, protocol, out);
  }

  #field(value: unknown, pattern: string, path: string, protocol: ProtocolName, out: Translation): void {
    if (value === undefined || value === null) return;
    const row = this.#rows.get(pattern);
    const hasFields = this.#inner.has(`${pattern}.`);
    const hasElements = this.#inner.has(`${pattern}[`);
    if (row !== undefined) {
      if (!this.#judge(row[protocol] ?? [], value, path, out)) return;
    } else if (!hasFields && !hasElements) {
      return out.drop(path);
    }
    if (hasFields && isObject(value)) this.#object(value, `${pattern}.`, `${path}.`, protocol, out);
    if (hasElements && Array.isArray(value))
      for (const [i, element] of value.entries())
        this.#field(element, `${pattern}[]`, `${path}[${i}]`, protocol, out);
  }

  /** @returns whether the field goes on, so that what is in it is looked at too */
  #judge(rules: Rules, value: unknown, path: string, out: Translation): boolean {
    const rule = rules.find(({ when }) => when === undefined || when.test(value));
    switch (rule?.fate) {
      case "refused":
        throw unsupportedField(path, `The provider that was chosen cannot do this: ${rule.note ?? path}.`);
      case "dropped":
        out.drop(path);
        return false;
      case "changed":
        out.change(path);
        return true;
      case "ignored":
        return false;
      default:
        return true;
    }
  }
}
