import { type DialectName, type Held, JUDGES, type Judge, type Question } from "./judges.ts";

const TEN = Array.from({ length: 10 }, (_, at) => `tok-${String(at + 1).padStart(4, "0")} `).join("");

/** What goes wrong, by the sandbox's model that does it, and the text of the whole answer. */
export const FAULTS = {
  crlf: { model: "demo-crlf", whole: TEN },
  cut: { model: "demo-cut", whole: `${TEN} and ten more` },
  err: { model: "demo-error-mid", whole: `${TEN} and more` },
  badline: { model: "demo-bad-json", whole: `${TEN}lost and on it goes.` },
  toolcut: { model: "demo-cut-call", whole: "" },
} as const;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

/** A model without any fault: who is not whole here has not been judged. */
const SOUND = { model: "demo-numbered-10-0", whole: TEN };

export const MODELS: readonly string[] = [SOUND, ...Object.values(FAULTS)].map(({ model }) => model);

/** Asks with both ways of the dialect's SDK. One word where they agree, else both, the raw stream's first. */
export async function verdictOn(
  dialect: DialectName,
  ask: (model: string) => Question,
  fault: FaultName,
): Promise<string> {
  const { model, whole } = FAULTS[fault];
  const [stream, helper] = await Promise.all(
    JUDGES[dialect].map((judge) => judged(judge, ask(model), whole, fault)),
  );
  return stream === helper ? (stream ?? "") : `${stream} · ${helper}`;
}

/** Undefined where the relay gives a whole answer, else what it gives. */
export async function failsAnyway(
  dialect: DialectName,
  ask: (model: string) => Question,
): Promise<string | undefined> {
  try {
    const { text, reason } = await JUDGES[dialect][0](ask(SOUND.model));
    return text === SOUND.whole && reason !== undefined ? undefined : "no whole answer to any request";
  } catch (error) {
    const status = (error as { status?: unknown }).status;
    return status === undefined
      ? `an error for every request: ${String(error)}`
      : `${status} for every request`;
  }
}

async function judged(judge: Judge, question: Question, whole: string, fault: FaultName): Promise<string> {
  try {
    return wordFor(await judge(question), whole, fault);
  } catch {
    return "told";
  }
}

/**
 * `whole`, `silent` (no reason to end, and no error), or in bold what looks whole and is not. Beside the cut call it
 * says what is left in the client's hands.
 */
function wordFor({ text, reason, calls }: Held, whole: string, fault: FaultName): string {
  if (fault === "toolcut") {
    const left = calls.length === 0 ? "no call" : calls.map((call) => `\`${call || '""'}\``).join(", ");
    return reason === undefined ? `silent, ${left}` : `**LIE** \`${reason}\`, ${left}`;
  }
  if (reason === undefined) return text === "" ? "**empty**, silent" : "silent";
  if (text === whole) return "whole";
  if (text === "") return `**empty** \`${reason}\``;
  return fault === "badline" && text === whole.replace("lost ", "")
    ? "**a word lost**"
    : `**LIE** \`${reason}\``;
}
