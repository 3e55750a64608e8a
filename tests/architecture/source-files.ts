import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** The repository's root. */
export const ROOT = join(import.meta.dir, "../..");

export interface SourceFile {
  /** From the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** All files of git's index and all new ones that it does not ignore, of the given endings; not those of packages. */
export function repositoryFiles(...endings: string[]): SourceFile[] {
  const { stdout, success } = Bun.spawnSync(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
    { cwd: ROOT },
  );
  const names = success ? stdout.toString().split("\0") : [...new Bun.Glob("**/*").scanSync(ROOT)];
  return names
    .filter((name) => endings.some((ending) => name.endsWith(ending)) && !name.includes("node_modules/"))
    .filter((name) => existsAsFile(name))
    .sort()
    .map((path) => ({ path, text: textOf(path) }));
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s)?[^;"']*?from\s*["']([^"']+)["']|(?:^|\n)\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)|new URL\(\s*["'](\.[^"']+)["'],\s*import\.meta\.url/g;

export interface Import {
  /** A path from the root for a file of ours, else the module's name. */
  readonly target: string;
  /** `import type` alone: gone when the program runs. */
  readonly isType: boolean;
  /** Loaded when it is first needed. */
  readonly isDynamic: boolean;
}

/** What a file imports, in whatever way. */
export function importsOf({ path, text }: SourceFile): Import[] {
  return [...text.matchAll(IMPORT)].map(([, type, from, bare, dynamic, url]) => {
    const name = from ?? bare ?? dynamic ?? url ?? "";
    const target = name.startsWith(".") ? relative(ROOT, join(ROOT, dirname(path), name)) : name;
    return { target, isType: type !== undefined, isDynamic: (dynamic ?? url) !== undefined };
  });
}

const existsAsFile = (path: string) => Bun.file(join(ROOT, path)).size > 0;

const textOf = (path: string) => readFileSync(join(ROOT, path), "utf8");
