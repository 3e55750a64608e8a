import type { Row } from "./relays.ts";
import { FAULT_NAMES, failsAnyway, verdictOn } from "./verdict.ts";

export const HEAD = `| through | ${FAULT_NAMES.join(" | ")} |\n|---|${"---|".repeat(FAULT_NAMES.length)}`;

/** What the SDKs make of each fault through it. */
export async function judgeRow({ dialect, ask }: Row): Promise<readonly string[]> {
  const always = await failsAnyway(dialect, ask);
  if (always !== undefined) return FAULT_NAMES.map((_, at) => (at === 0 ? always : ""));
  const verdicts: string[] = [];
  for (const fault of FAULT_NAMES) verdicts.push(await verdictOn(dialect, ask, fault));
  return verdicts;
}

export const lineOf = ({ through }: Row, verdicts: readonly string[]) =>
  `| ${[through, ...verdicts].join(" | ")} |`;
