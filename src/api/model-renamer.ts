import type { AnswerContext } from "./dialect.ts";

const MODEL = /"model"\s*:\s*"(?:[^"\\]|\\.)*"/;

/**
 * Frames that pass through name the model that the client asked for, where a route gave it another name. The field is
 * replaced in the text, so that all else of the frame stays as it came: inside a JSON string it could not stand like this.
 */
export class ModelRenamer {
  readonly #field: string | undefined;

  constructor({ renamed, model }: Pick<AnswerContext<unknown>, "renamed" | "model">) {
    this.#field = renamed ? `"model":${JSON.stringify(model())}` : undefined;
  }

  get renames(): boolean {
    return this.#field !== undefined;
  }

  rename(json: string): string {
    const field = this.#field;
    return field === undefined ? json : json.replace(MODEL, () => field);
  }
}
