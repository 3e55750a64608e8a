import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT, type SourceFile } from "./source-files.ts";

/** Whether something is there, seen from the repository's root. */
const isThere = (path: string) => existsSync(join(ROOT, path));

/** The comments of a TypeScript, JavaScript, shell or TOML file, each with its text alone. */
export function commentsOf({ path, text }: SourceFile): string[] {
  if (/\.[cm]?[jt]sx?$|\.css$/.test(path)) {
    const blocks = text.matchAll(/(?<![\w"'`*/])\/\*[\s\S]*?\*\//g);
    const lines = text.matchAll(/(?<=^|\s)\/\/.*$/gm);
    return [...blocks, ...lines].map(([comment]) => comment.replaceAll(/\n\s*\*/g, " "));
  }
  return [...text.matchAll(/(?<=^|\s)#.*$/gm)].map(([comment]) => comment);
}

/** What looks like a path of this repository: from a folder at its root, or any Markdown file. */
const PATH =
  /(?<![\w/.@:-])(?:(?:\.\.?\/)+|(?:src|tests|docs|scripts|bench|packaging)\/)?[\w.*-]+(?:\/[\w.*-]+)*/g;
const ROOTED = /^(?:\.\.?\/|(?:src|tests|docs|scripts|bench|packaging)\/)/;

/** The paths that a comment cites and that are not there. A last word such as `src/cli` may be a folder. */
export function deadPathsIn(comment: string, file: string): string[] {
  return [...comment.matchAll(PATH)]
    .map(([path]) => path.replace(/[.*]+$/, "").replace(/\/$/, ""))
    .filter((path) => /\.md$/.test(path) || (ROOTED.test(path) && /\//.test(path)))
    .filter((path) => !resolves(path, file) && !isElsewhere(path));
}

/** What a build leaves at the root, and the recordings beside the repository, whose tests tell when they did not run. */
const isElsewhere = (path: string) => path === "./nash-llm" || path.startsWith("../shared/");

function resolves(path: string, file: string): boolean {
  const fromFile = join(dirname(file), path);
  if (path.startsWith(".")) return isThere(fromFile);
  if (isThere(path) || isThere(fromFile)) return true;
  const folder = join(ROOT, dirname(path));
  const pattern = `${path.split("/").at(-1)}*`;
  return path.includes("/") && existsSync(folder) && !new Bun.Glob(pattern).scanSync(folder).next().done;
}

/** `docs/protocol.md 7`, `docs/providers.md 1.2 and 1.4`: the sections that the file does not have. */
export function deadSectionsIn(comment: string): string[] {
  return [
    ...comment.matchAll(/\b(docs\/(?:protocol|providers)\.md) ((?:\d+(?:\.\d+)?(?:, | and )?)+)/g),
  ].flatMap(([, document = "", numbers = ""]) => {
    const known = sectionNumbers(document);
    return (numbers.match(/\d+(?:\.\d+)?/g) ?? [])
      .filter((number) => !known.has(number))
      .map((number) => `${document} ${number}`);
  });
}

const sections = new Map<string, Set<string>>();

function sectionNumbers(document: string): Set<string> {
  const known =
    sections.get(document) ??
    new Set(headingsOf(document).map((heading) => /^[\d.]+?(?=\.? )/.exec(heading)?.[0] ?? ""));
  sections.set(document, known);
  return known;
}

function headingsOf(document: string): string[] {
  const text = withoutCode(readText(document));
  return [...text.matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = ""]) => heading.trim());
}

/** The links of a Markdown file that lead nowhere: to no file, or to no heading of it. */
export function deadLinksIn({ path, text }: SourceFile): string[] {
  const links = withoutCode(text).matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]:\s*(\S+)/gm);
  return [...links]
    .map(([, inline, reference]) => inline ?? reference ?? "")
    .filter((link) => !/^[a-z]+:/i.test(link))
    .filter((link) => {
      const [target = "", anchor] = link.split("#");
      const document = target === "" ? path : join(dirname(path), decodeURIComponent(target));
      if (!isThere(document)) return true;
      return anchor !== undefined && !headingsOf(document).some((heading) => anchorOf(heading) === anchor);
    });
}

/** The paths in code spans of a Markdown file that are not there: from the root, from `src`, or from `tests`. */
export function deadSpansIn({ path, text }: SourceFile): string[] {
  const spans = text.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/`([^`\n]+)`/g);
  return [...spans]
    .map(([, span = ""]) => span)
    .filter((span) =>
      /^(?!https?:)[\w.-]+(?:\/[\w.-]+)*\/[\w.-]+\.(?:ts|mjs|md|json|sh|css|toml)$/.test(span),
    )
    .filter((span) => !["", "src", "tests", dirname(path)].some((folder) => isThere(join(folder, span))));
}

/** As GitHub makes one: lower case, hyphens for spaces, without punctuation. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

const withoutCode = (text: string) =>
  text
    .replaceAll(/^```[\s\S]*?^```/gm, "")
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[\][()]/g, ""));

const readText = (path: string) => readFileSync(join(ROOT, path), "utf8");

/**
 * The tests that `docs/reliability.md` cites and that are not where it says: files by their path under `tests`, without
 * `.test.ts`, each followed by the names of tests in quotes, with "…" for what is left out and "%s" for a row's name.
 */
export function misplacedTestsIn({ text }: SourceFile): string[] {
  const cells = text.split("\n").flatMap((line) => line.split(/(?<!\\)\|/));
  return cells.flatMap((cell) => {
    let cited = "";
    return [...cell.matchAll(/`([\w-]+(?:\/[\w-]+)+)`|"([^"]+)"/g)].flatMap(([, file, title]) => {
      if (file !== undefined) {
        cited = testText(file);
        return cited === "" && !isThere(file) && !isThere(`tests/${file}`) ? [file] : [];
      }
      const parts = (title ?? "").split("…").map((part) => part.trim());
      return cited === "" || parts.every((part) => cited.includes(part)) ? [] : [title ?? ""];
    });
  });
}

/** A test file, with its escapes and its breaks between texts taken out. */
function testText(file: string): string {
  const path = `tests/${file}.test.ts`;
  return isThere(path) ? readText(path).replaceAll("\\", "") : "";
}
