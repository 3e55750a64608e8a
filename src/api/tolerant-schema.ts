import { type ObjectOptions, type TProperties, type TSchema, Type } from "@sinclair/typebox";

/**
 * Pieces of the vendors' dialects' schemas. They tolerate what they do not know: programs send fields of next month, and
 * what a field means at the provider is the provider's to judge.
 */

/** An object that may hold more than is described. */
export function Open<T extends TProperties>(properties: T, options: ObjectOptions = {}) {
  return Type.Object(properties, { ...options, additionalProperties: true });
}

/** An optional field; `null` means that it is absent. */
export function Maybe<T extends TSchema>(schema: T) {
  const { description } = schema;
  return Type.Optional(Type.Union([schema, Type.Null()], description === undefined ? {} : { description }));
}

/** An optional object that is looked at no further. */
export function MaybeObject(description: string) {
  return Maybe(Type.Record(Type.String(), Type.Unknown(), { description }));
}

/** An optional text of one of these words, or of one that nobody here knows yet. */
export function MaybeWord(words: readonly string[], description: string) {
  return Maybe(
    Type.String({ description: `${description} One of ${words.map((word) => `\`${word}\``).join(", ")}.` }),
  );
}

export const ModelName = Type.String({
  minLength: 1,
  maxLength: 512,
  description:
    "The model: a route of the settings, `<provider>/<model>` with a provider that the server knows, or the provider's own name for it where the way it goes is told otherwise.",
});
