import { importsOf, type SourceFile } from "./source-files.ts";

/** Groups of files that reach each other by their imports (strongly connected, by Tarjan), each group sorted. */
export function importCircles(files: readonly SourceFile[]): string[][] {
  const targets = new Map(files.map((file) => [file.path, importsOf(file).map(({ target }) => target)]));
  const index = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];

  const visit = (path: string): number => {
    const own = index.size;
    index.set(path, own);
    lowest.set(path, own);
    stack.push(path);
    for (const target of targets.get(path) ?? []) {
      if (!targets.has(target)) continue;
      const reached = index.has(target)
        ? stack.includes(target)
          ? (index.get(target) ?? own)
          : own
        : visit(target);
      lowest.set(path, Math.min(lowest.get(path) ?? own, reached));
    }
    const low = lowest.get(path) ?? own;
    if (low === own) {
      const circle = stack.splice(stack.indexOf(path)).sort();
      if (circle.length > 1) circles.push(circle);
    }
    return low;
  };

  for (const path of targets.keys()) if (!index.has(path)) visit(path);
  return circles;
}
