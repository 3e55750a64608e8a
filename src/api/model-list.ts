/** One model, for `GET /v1/models`. */
export interface ListedModel {
  readonly id: string;
  /** Whose it is, such as the provider's name. */
  readonly owner: string;
  /** Seconds since 1970; 0 where nobody says. */
  readonly created?: number;
  readonly contextWindow?: number;
  readonly maxOutput?: number;
}

/** One entry that both vendors' SDKs read. @see https://platform.openai.com/docs/api-reference/models */
export function modelEntry(model: ListedModel): Record<string, unknown> {
  const created = model.created ?? 0;
  return {
    id: model.id,
    object: "model",
    created,
    owned_by: model.owner,
    type: "model",
    display_name: model.id,
    created_at: new Date(created * 1000).toISOString().replace(".000Z", "Z"),
    lifecycle: "active",
    ...(model.contextWindow === undefined ? {} : { max_input_tokens: model.contextWindow }),
    ...(model.maxOutput === undefined ? {} : { max_tokens: model.maxOutput }),
  };
}

/** The body of `GET /v1/models`, one for the SDKs of both vendors. There is never a second page. */
export function modelList(models: readonly ListedModel[]): Record<string, unknown> {
  return {
    object: "list",
    data: models.map(modelEntry),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  };
}
