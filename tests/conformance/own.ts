/** Our own recordings: `tests/fixtures/<provider>/<scenario>/`, each a response and what is expected of it. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EndReason, Usage } from "../../src/core/event.ts";
import type { FailureType } from "../../src/core/failure.ts";
import { resolveProvider } from "../../src/providers/index.ts";
import type { Provider } from "../../src/providers/provider.ts";
import type { Tool } from "./replay.ts";

export const FIXTURES = join(import.meta.dir, "../fixtures");

export interface OwnExpected {
  /** What is special about it. */
  readonly shows?: string;
  readonly base_url: string;
  readonly model: string;
  readonly verdict: "complete" | "truncated" | "error";
  readonly text?: string;
  readonly refusal?: string;
  readonly reasoning?: string;
  readonly tools?: readonly Tool[];
  /** The provider's own word, and ours for it. */
  readonly finish?: string | null;
  readonly reason?: EndReason;
  readonly usage?: Usage;
  readonly failure?: ExpectedFailure;
}

export interface ExpectedFailure {
  readonly type: FailureType;
  /** The HTTP status of our answer. */
  readonly status: number;
  readonly message: string;
  readonly param?: string;
  readonly providerStatus?: number;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly retryable?: boolean;
}

export interface Own {
  /** `<provider>/<scenario>` */
  readonly name: string;
  /** The name of the folder. */
  readonly folder: string;
  readonly provider: Provider;
  readonly expected: OwnExpected;
  readonly bytes: Uint8Array;
}

/** All recordings whose response is in a file of this name. */
export function ownRecordings(file: "response.sse" | "response.json" | "error.json"): Own[] {
  return readdirSync(FIXTURES).flatMap((folder) =>
    readdirSync(join(FIXTURES, folder)).flatMap((scenario) => {
      const path = join(FIXTURES, folder, scenario);
      if (!existsSync(join(path, file))) return [];
      const expected = JSON.parse(readFileSync(join(path, "expected.json"), "utf8")) as OwnExpected;
      const provider = resolveProvider(new URL(expected.base_url), expected.model);
      const bytes = readFileSync(join(path, file));
      return [{ name: `${folder}/${scenario}`, folder, provider, expected, bytes }];
    }),
  );
}
