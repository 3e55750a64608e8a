import { receiptOf } from "../core/receipt.ts";
import type { Trace } from "../core/trace.ts";

/** The columns of a request's row, in their order (docs/protocol.md 12): numbers and short names alone. */
export const COLUMNS = {
  request_id: "TEXT",
  /** When the request came: milliseconds since 1970, */
  at: "BIGINT",
  /** and the day, in UTC, as 2026-11-26. */
  day: "TEXT",
  client: "TEXT",
  path: "TEXT",
  route: "TEXT",
  provider: "TEXT",
  /** As the provider names it. */
  model: "TEXT",
  status: "BIGINT",
  outcome: "TEXT",
  finish_reason: "TEXT",
  error: "TEXT",
  input_tokens: "BIGINT",
  output_tokens: "BIGINT",
  cache_read_tokens: "BIGINT",
  cache_write_tokens: "BIGINT",
  reasoning_tokens: "BIGINT",
  usage_source: "TEXT",
  attempts: "BIGINT",
  first_token_ms: "BIGINT",
  total_ms: "BIGINT",
  /** US dollars, where the price is known. */
  cost: "DOUBLE PRECISION",
} as const;

export type Column = keyof typeof COLUMNS;

/** The columns' values in the order of `COLUMNS`. */
export type Row = readonly (string | number | null)[];

/** A request that is over. */
export function rowOf(trace: Trace): Row {
  const receipt = receiptOf(trace);
  const { usage } = receipt;
  const at = Date.now() - receipt.total_ms;
  const row: Record<Column, string | number | undefined> = {
    request_id: trace.id,
    at,
    day: new Date(at).toISOString().slice(0, 10),
    client: trace.client,
    path: trace.path,
    route: shortName(trace.route),
    provider: shortName(trace.provider),
    model: shortName(receipt.attempts.at(-1)?.model ?? trace.model),
    status: trace.status,
    outcome: trace.outcome,
    finish_reason: trace.finishReason,
    error: receipt.error,
    input_tokens: whole(usage?.input_tokens),
    output_tokens: whole(usage?.output_tokens),
    cache_read_tokens: whole(usage?.cache_read_tokens),
    cache_write_tokens: whole(usage?.cache_write_tokens),
    reasoning_tokens: whole(usage?.reasoning_tokens),
    usage_source: usage?.source,
    attempts: receipt.attempts.length,
    first_token_ms: whole(receipt.first_token_ms),
    total_ms: receipt.total_ms,
    cost: receipt.cost,
  };
  return Object.values(row).map((value) => value ?? null);
}

const LONGEST_NAME = 128;

/** Names of models are the client's to choose: whatever else is written there is not kept. */
function shortName(name: string | undefined): string | undefined {
  return name?.slice(0, LONGEST_NAME).replace(/[^\w.:/@+~*()[\]-]/g, "_");
}

/** A provider may report any number; databases hold those that are whole. */
function whole(number: number | undefined): number | undefined {
  return Number.isSafeInteger(number) ? number : undefined;
}
