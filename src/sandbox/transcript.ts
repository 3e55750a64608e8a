export interface Utterance {
  readonly who: string;
  readonly text: string;
}

const ROLES = "user|human|assistant|ai|system|developer|tool";
/** Lines that begin an utterance: `User: …`, `**User:** …`, `- User: …`; `[user]` or `[user Ada]`; `<user>…`. */
const BEGINNINGS = [
  new RegExp(`^\\s*(?:- )?[*[<(]*(${ROLES})[*\\])>]*\\s*:\\**\\s*(.*)$`, "i"),
  new RegExp(`^\\[(${ROLES})(?: [^\\]]*)?\\]()$`, "i"),
  new RegExp(`^\\s*<(?:message\\b[^>]*\\brole="?)?(${ROLES})"?[^>]*>(.*)$`, "i"),
];
const CLOSING_TAG = /<\/\w+>\s*$/;
/** Marks around a text, as in `--- conversation 4f0c… begins ---`. What follows the end belongs to nobody. */
const MARK = /^--- (.+?)(?: [0-9a-f-]{36})? (begins|ends) ---$/;

/** The utterances of a conversation written out as text. None where it is not one. */
export function readTranscript(text: string): readonly Utterance[] {
  const found: { who: string; text: string }[] = [];
  let current: { who: string; text: string } | undefined;
  for (const line of text.split("\n")) {
    const beginning = beginningOf(line);
    if (beginning !== undefined) {
      current = beginning;
      found.push(current);
    } else if (MARK.test(line)) current = undefined;
    else if (current !== undefined) current.text += `\n${line.replace(CLOSING_TAG, "")}`;
  }
  return found.map(({ who, text: words }) => ({ who, text: words.trim() })).filter((one) => one.text !== "");
}

function beginningOf(line: string): { who: string; text: string } | undefined {
  const [, marked, edge] = MARK.exec(line) ?? [];
  if (marked !== undefined && edge === "begins") return { who: title(marked), text: "" };
  for (const pattern of BEGINNINGS) {
    const [, who, words = ""] = pattern.exec(line) ?? [];
    if (who !== undefined) return { who: title(who), text: words.replace(CLOSING_TAG, "") };
  }
  return undefined;
}

function title(role: string): string {
  return role.charAt(0).toUpperCase() + role.slice(1).toLowerCase();
}
