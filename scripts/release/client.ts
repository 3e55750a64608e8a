import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

/**
 * Makes the typed client as plain modules with declarations.
 * @param folder where it goes; emptied first
 * @returns the entry module, relative to the folder
 * @throws with the compiler's words
 */
export function buildClient(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  const args = [compiler, "-p", join(ROOT, "packaging/npm/tsconfig.json"), "--outDir", folder];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) throw new Error(`the client could not be compiled\n${stdout}${stderr}`);
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (name.endsWith(".d.ts")) pointToModules(join(folder, name));
  }
  return "client/index.js";
}

/** The compiler leaves `.ts` in declarations, which only some settings of those who use them can follow. */
function pointToModules(declaration: string): void {
  const text = readFileSync(declaration, "utf8");
  writeFileSync(declaration, text.replace(/(from "\.[^"]*)\.ts"/g, '$1.js"'));
}
