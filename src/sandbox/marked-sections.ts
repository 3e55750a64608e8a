import type { Utterance } from "./transcript.ts";

/** What a summary is to be made of. */
export interface Material {
  readonly said: readonly Utterance[];
  /** What earlier summaries of ours have picked out already. */
  readonly decided: readonly string[];
  readonly names: readonly string[];
  readonly numbers: readonly string[];
  /** How long a summary of it may be, in characters: a share of what was said, and all of what was summarized before. */
  readonly room: number;
}

/** A summary takes this share of what was said. */
const SHARE = 0.45;

/** What was said, to be summarized for the first time. */
export function materialOf(said: readonly Utterance[]): Material {
  return { ...NOTHING, said, room: SHARE * said.reduce((sum, { text }) => sum + text.length, 0) };
}

/** The mark before a stretch of a conversation, or before a summary of one, with an id that nobody can guess. */
const BEGINS =
  /^--- ((?:conversation|(?:earlier )?summary(?: \d+)?) [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) begins ---$/;

/** How a summary begins that stands among the utterances of a conversation. */
const EARLIER = /^\[summary of what was said before(?: \(continued\))?\]$/;
const UTTERANCE = /^\[(user|assistant|tool)(?: [^\]]*)?\]$/;

export type Section = "Said" | "Decided" | "Names" | "Numbers";
const SECTION = /^(Said|Decided|Names|Numbers):$/;

/** What the marked stretches of a prompt hold, in their order; undefined where there are none. */
export function readMarkedSections(text: string): Material | undefined {
  const found: Material[] = [];
  let open: { readonly mark: string; readonly lines: string[] } | undefined;
  for (const line of text.split("\n")) {
    const [, mark] = (open === undefined && BEGINS.exec(line)) || [];
    if (mark !== undefined) {
      open = { mark, lines: [] };
    } else if (open !== undefined && line === `--- ${open.mark} ends ---`) {
      const inside = open.lines.join("\n");
      found.push(open.mark.startsWith("conversation") ? readConversation(inside) : readSummary(inside));
      open = undefined;
    } else {
      open?.lines.push(line);
    }
  }
  return found.length === 0 ? undefined : joined(found);
}

/** Only lines in brackets tell who speaks: between marks a message that says `User: …` is still the same message. */
function readConversation(text: string): Material {
  const parts: { speaker: string; lines: string[] }[] = [];
  for (const line of text.split("\n")) {
    const speaker = EARLIER.test(line) ? "summary" : UTTERANCE.exec(line)?.[1];
    if (speaker !== undefined) parts.push({ speaker, lines: [] });
    else parts.at(-1)?.lines.push(line);
  }
  return joined(
    parts.map(({ speaker, lines }) => {
      const words = lines.join("\n").trim();
      if (speaker === "summary") return readSummary(words);
      const who = speaker.charAt(0).toUpperCase() + speaker.slice(1);
      return materialOf(words === "" ? [] : [{ who, text: words }]);
    }),
  );
}

/** A summary of ours by its sections; one by somebody else as something that was said before. */
function readSummary(text: string): Material {
  const sections: Record<string, string[]> = {};
  let current: string[] | undefined;
  for (const line of text.split("\n")) {
    const title = SECTION.exec(line)?.[1];
    if (title !== undefined) {
      current = [];
      sections[title] = current;
    } else current?.push(line.replace(/^- /, ""));
  }
  const room = text.length;
  if (current === undefined) return { ...NOTHING, said: [{ who: "Before", text: text.trim() }], room };
  const list = (title: string) =>
    (sections[title] ?? [])
      .join(", ")
      .split(", ")
      .filter((item) => item !== "");
  return {
    said: (sections["Said"] ?? []).flatMap(readGist),
    decided: sections["Decided"] ?? [],
    names: list("Names"),
    numbers: list("Numbers"),
    room,
  };
}

/** `User: what was said`, on one line. */
function readGist(line: string): readonly Utterance[] {
  const [, who, text] = /^(\w+): (.+)$/.exec(line) ?? [];
  return who === undefined || text === undefined ? [] : [{ who, text }];
}

const NOTHING: Material = { said: [], decided: [], names: [], numbers: [], room: 0 };

function joined(materials: readonly Material[]): Material {
  return {
    said: materials.flatMap(({ said }) => said),
    decided: materials.flatMap(({ decided }) => decided),
    names: materials.flatMap(({ names }) => names),
    numbers: materials.flatMap(({ numbers }) => numbers),
    room: materials.reduce((sum, { room }) => sum + room, 0),
  };
}
