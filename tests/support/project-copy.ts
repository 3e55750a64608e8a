/** A copy of the project, for tests of what writes into the folder that it lies in. */

import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

export interface Copy extends Disposable {
  readonly folder: string;
}

/**
 * Copies what is named, beside the packages that are installed; leaving the block of a `using` removes it.
 * @param paths files and folders of the project
 */
export function copyOf(...paths: readonly string[]): Copy {
  const folder = mkdtempSync(join(tmpdir(), "nash-llm-copy-"));
  for (const path of paths) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}
