export interface Utterance {
  readonly who: string;
  readonly text: string;
}

const LABELLED = /^\s*[*[<(]*(user|human|assistant|ai|system|developer|tool)[*\])>]*\s*:\**\s*(.*)$/i;
const OPENING_TAG =
  /^\s*<(?:message\b[^>]*\brole="?)?(user|human|assistant|ai|system|developer|tool)"?[^>]*>(.*)$/i;
const CLOSING_TAG = /<\/\w+>\s*$/;

/** The utterances of a conversation written out as text: `User: …` lines or `<user>…</user>` tags. None where it is not one. */
export function readTranscript(text: string): readonly Utterance[] {
  const found: { who: string; text: string }[] = [];
  for (const line of text.split("\n")) {
    const [, who, words] = LABELLED.exec(line) ?? OPENING_TAG.exec(line) ?? [];
    const last = found.at(-1);
    if (who !== undefined) found.push({ who: title(who), text: (words ?? "").replace(CLOSING_TAG, "") });
    else if (last !== undefined) last.text = `${last.text}\n${line.replace(CLOSING_TAG, "")}`;
  }
  return found.map(({ who, text: words }) => ({ who, text: words.trim() })).filter((one) => one.text !== "");
}

function title(role: string): string {
  return role.charAt(0).toUpperCase() + role.slice(1).toLowerCase();
}
