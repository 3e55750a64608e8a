import type { ParsedRequest } from "./parsed-request.ts";

/** What `demo` can show when it is asked for it. */
export interface Showcase {
  readonly reasoning: boolean;
  readonly toolCall: boolean;
  /** Markdown to answer with; empty where nothing of the kind was asked for. */
  readonly text: string;
}

const TABLE = `| model | what it does | first token |
|:------|:-------------|------------:|
| \`demo\` | answers at a natural pace | 25 ms |
| \`demo-slow\` | keeps you waiting | 7 s |
| \`demo-cut\` | breaks off in the middle | 25 ms |`;

const CODE = `\`\`\`ts
/** The first numbers of Fibonacci's sequence. */
export function* fibonacci(count: number): Generator<number> {
  let [a, b] = [0, 1];
  for (let n = 0; n < count; n++) {
    yield a;
    [a, b] = [b, a + b];
  }
}
\`\`\``;

const LIST = `1. First, something *simple*.
2. Then something with a list inside:
   - one thing,
   - and **another**.
3. And tasks:
   - [x] write a script
   - [ ] become a language model`;

const REST = `> A quotation, with \`code\` in it and [a link](https://example.com/).

Entities such as &amp; and &copy;, ~~struck~~ words, a formula $a*b*c$, and a line

---

that separates.`;

const SECTIONS = { list: LIST, table: TABLE, code: CODE } as const;

const VERB = "show|give|write|make|draw|print|send|display|want|like to see|answer|reply|respond|use|try";
const KINDS: readonly (readonly ["markdown" | "table" | "code" | "list" | "tool" | "reasoning", string])[] = [
  ["markdown", "markdown"],
  ["table", "tables?"],
  ["code", "code|a (?:function|program|snippet)"],
  ["list", "lists?|bullet points"],
  ["tool", "tool calls?|tools?|function calls?"],
  ["reasoning", "reasoning|thinking|thoughts|step by step"],
];
/** A request names nothing but such things, or has a verb before them. Long texts only speak of them. */
const ONLY_NAMES = new RegExp(
  `^(?:(?:${KINDS.map(([, words]) => words).join("|")}|an?|the|some|your|and|please)[\\s,.!?]*)+$`,
  "i",
);
const LONGEST_REQUEST = 200;

/** What of it a message asks for; undefined where it asks for nothing of the kind. */
export function showcaseFor({
  text,
  afterTool,
}: Pick<ParsedRequest, "text" | "afterTool">): Showcase | undefined {
  if (text.length > LONGEST_REQUEST || afterTool) return undefined;
  const asked = new Set(KINDS.flatMap(([kind, words]) => (asksFor(text, words) ? [kind] : [])));
  if (asked.size === 0) return undefined;
  return { reasoning: asked.has("reasoning"), toolCall: asked.has("tool"), text: sectionsOf(asked) };
}

function asksFor(text: string, words: string): boolean {
  const named = new RegExp(`\\b(?:${words})\\b`, "i");
  const alone = ONLY_NAMES.test(text) && named.test(text);
  return alone || new RegExp(`\\b(?:${VERB})\\b[^.!?\\n]{0,60}${named.source}`, "i").test(text);
}

function sectionsOf(asked: ReadonlySet<string>): string {
  if (asked.has("markdown")) {
    return `## Markdown, written by a script\n\nThere is no **language model** behind *any* of this.\n\n${LIST}\n\n### A table\n\n${TABLE}\n\n### Code\n\n${CODE}\n\n${REST}`;
  }
  return (["list", "table", "code"] as const)
    .filter((kind) => asked.has(kind))
    .map((kind) => `Here is a ${kind}, written beforehand and not by a language model.\n\n${SECTIONS[kind]}`)
    .join("\n\n");
}
