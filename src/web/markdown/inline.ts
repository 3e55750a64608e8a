/** A piece of a line. Links hold only addresses that `safeLink` let through. */
export type Span =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "code"; readonly text: string }
  | { readonly type: "break" }
  | { readonly type: "strong" | "emphasis" | "deleted"; readonly spans: readonly Span[] }
  | { readonly type: "link"; readonly href: string; readonly spans: readonly Span[] };

/** Text longer than this is shown as it is: no person wrote it, and looking for marks would take too long. */
const LONGEST = 20_000;
const DEEPEST = 6;

/** Where plain text may end: at a mark, a line's end, or the beginning of an address. */
const NEXT_MARK = /[\\`*_~[!<\n]|https?:\/\//g;
const CODE = /(`+)(?!`)([\s\S]*?[^`])\1(?!`)/y;
const LINK =
  /!?\[((?:[^[\]\\]|\\.){0,1000})\]\(\s*<?([^\s<>()]*(?:\([^\s()]*\)[^\s<>()]*)*)>?(?:\s+"[^"]*")?\s*\)/y;
const ANGLE_LINK = /<(https?:\/\/[^\s<>]+|mailto:[^\s<>]+)>/y;
const BARE_LINK = /https?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]}*_~]/y;
const ESCAPE = /\\([!-/:-@[-`{-~])/y;

/** The Markdown within a paragraph, as far as models write it. Whatever is not closed stays as it was written. */
export function parseInline(text: string, depth = 0): readonly Span[] {
  if (text.length > LONGEST || depth > DEEPEST) return [{ type: "text", text }];
  const spans: Span[] = [];
  // Marks that were seen to close nowhere: looking again for each of them would take for ever.
  const hopeless = new Set<string>();
  let plain = "";
  const add = (span: Span) => {
    if (plain !== "") spans.push({ type: "text", text: plain });
    plain = "";
    spans.push(span);
  };
  let at = 0;
  while (at < text.length) {
    NEXT_MARK.lastIndex = at;
    const mark = NEXT_MARK.exec(text);
    plain += text.slice(at, mark?.index ?? text.length);
    if (mark === null) break;
    const found = spanAt(text, mark.index, depth, hopeless);
    if (found === undefined) {
      plain += mark[0];
      at = mark.index + mark[0].length;
    } else {
      if ("literal" in found) plain += found.literal;
      else add(found.span);
      at = found.end;
    }
  }
  if (plain !== "") spans.push({ type: "text", text: plain });
  return spans;
}

type Literal = { readonly end: number; readonly literal: string };
type Found = Literal | { readonly end: number; readonly span: Span };

function spanAt(text: string, at: number, depth: number, hopeless: Set<string>): Found | undefined {
  switch (text[at]) {
    case "\n":
      return { end: at + 1, span: { type: "break" } };
    case "\\": {
      const [whole, escaped] = match(ESCAPE, text, at) ?? [];
      if (whole === undefined || escaped === undefined) return undefined;
      return { end: at + whole.length, literal: escaped };
    }
    case "`": {
      const [whole, , code] = match(CODE, text, at) ?? [];
      if (whole === undefined || code === undefined) return runOf("`", text, at);
      return { end: at + whole.length, span: { type: "code", text: trimmed(code) } };
    }
    case "[":
    case "!": {
      const [whole, label, target] = match(LINK, text, at) ?? [];
      if (whole === undefined || label === undefined) return undefined;
      return { end: at + whole.length, ...link(target ?? "", label, depth) };
    }
    case "<": {
      const [whole, target] = match(ANGLE_LINK, text, at) ?? [];
      if (whole === undefined || target === undefined) return undefined;
      return { end: at + whole.length, ...link(target, target, DEEPEST) };
    }
    case "h": {
      const [target] = match(BARE_LINK, text, at) ?? [];
      if (target === undefined) return undefined;
      return { end: at + target.length, ...link(target, target, DEEPEST) };
    }
    default:
      return emphasisAt(text, at, depth, hopeless);
  }
}

/** Marks that open nothing are passed over together: each alone would be tried in vain. */
function runOf(mark: string, text: string, at: number): Literal {
  let end = at;
  while (text[end] === mark) end++;
  return { end, literal: text.slice(at, end) };
}

function emphasisAt(text: string, at: number, depth: number, hopeless: Set<string>): Found | undefined {
  const mark = text[at] ?? "";
  const run = runOf(mark, text, at);
  const length = run.end - at;
  const opens = /\S/.test(text[run.end] ?? "") && !(mark === "_" && /[\p{L}\p{N}]/u.test(text[at - 1] ?? ""));
  if (!opens || length > 3 || (mark === "~" && length !== 2)) return run;
  const close = hopeless.has(run.literal) ? -1 : closingAt(text, run.end, mark, length);
  if (close === -1) {
    hopeless.add(run.literal);
    return run;
  }
  const spans = parseInline(text.slice(run.end, close), depth + 1);
  const end = close + length;
  if (mark === "~") return { end, span: { type: "deleted", spans } };
  if (length === 1) return { end, span: { type: "emphasis", spans } };
  const strong: Span = { type: "strong", spans };
  return { end, span: length === 2 ? strong : { type: "emphasis", spans: [strong] } };
}

/** Where a run of exactly so many marks closes, or -1. */
function closingAt(text: string, from: number, mark: string, length: number): number {
  for (let at = text.indexOf(mark, from); at !== -1; ) {
    const { end } = runOf(mark, text, at);
    const closes = /\S/.test(text[at - 1] ?? "") && !(mark === "_" && /[\p{L}\p{N}]/u.test(text[end] ?? ""));
    if (end - at === length && closes && text[at - 1] !== "\\") return at;
    at = text.indexOf(mark, end);
  }
  return -1;
}

/** A link where its address is harmless, its words where it is not. */
function link(target: string, label: string, depth: number): { span: Span } | { literal: string } {
  const href = safeLink(target);
  if (href === undefined) return { literal: label };
  const spans: readonly Span[] =
    depth >= DEEPEST ? [{ type: "text", text: label }] : parseInline(label || target, depth + 1);
  return { span: { type: "link", href, spans: withoutLinks(spans) } };
}

function withoutLinks(spans: readonly Span[]): readonly Span[] {
  return spans.flatMap((span) => (span.type === "link" ? withoutLinks(span.spans) : [span]));
}

/** The address of a link that may be followed: of the web or of mail, never of a script or a file. */
function safeLink(target: string): string | undefined {
  const url = URL.parse(target);
  return url !== null && ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : undefined;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Code may be set off from its marks by one space on each side. */
function trimmed(code: string): string {
  return /^ .*\S.* $/s.test(code) ? code.slice(1, -1) : code;
}
