import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageOf, programIn, TARGETS, type Target } from "./targets.ts";

const ROOT = join(import.meta.dir, "../..");

/** The oldest Node that runs the launcher and the client. */
const NODE = ">=20";

export interface NpmOptions {
  /** The folder with the programs. */
  readonly dist: string;
  /** Where the packages go; emptied first. */
  readonly out: string;
  readonly version: string;
  readonly description: string;
  /** `owner/name` on GitHub. npm compares it with the workflow that publishes. */
  readonly repository: string;
  /** Only these, for a trial; all by default, and then none may be missing. */
  readonly targets?: readonly Target[];
  /** Makes the typed client in a folder and gives the entry module's path in it. */
  readonly buildClient: (folder: string) => string;
}

/**
 * Lays the packages out as folders that `npm publish` takes: one for each machine, and `nash-llm`, which runs the one
 * that npm has picked.
 * @returns the folders in the order in which they must be published: `nash-llm` last
 * @throws where a program is missing
 */
export function layOutPackages(options: NpmOptions): readonly string[] {
  const targets = options.targets ?? TARGETS;
  const missing = targets.filter(({ program }) => !existsSync(join(options.dist, program)));
  if (missing.length > 0) {
    throw new Error(`not in ${options.dist}: ${missing.map(({ program }) => program).join(", ")}`);
  }
  rmSync(options.out, { recursive: true, force: true });
  return [...targets.map((target) => machinePackage(target, options)), mainPackage(targets, options)];
}

function machinePackage(target: Target, options: NpmOptions): string {
  const name = packageOf(target);
  const folder = join(options.out, name);
  const program = join("bin", programIn(target));
  mkdirSync(join(folder, "bin"), { recursive: true });
  copyFileSync(join(options.dist, target.program), join(folder, program));
  chmodSync(join(folder, program), 0o755);
  const libc = target.libc === undefined ? "" : `, ${target.libc}`;
  writeFileSync(
    join(folder, "README.md"),
    `# ${name}\n\nThe program of [nash-llm](https://www.npmjs.com/package/nash-llm) for ${target.os} on ${target.cpu}${libc}. Install \`nash-llm\`, not this.\n`,
  );
  writeManifest(folder, {
    ...common(name, options),
    description: `nash-llm for ${target.os} on ${target.cpu}${libc}`,
    os: [target.os],
    cpu: [target.cpu],
    ...(target.libc === undefined ? {} : { libc: [target.libc] }),
    files: ["bin"],
    // A package manager that keeps packages zipped could not run it.
    preferUnplugged: true,
  });
  return folder;
}

function mainPackage(targets: readonly Target[], options: NpmOptions): string {
  const folder = join(options.out, "nash-llm");
  mkdirSync(join(folder, "bin"), { recursive: true });
  copyFileSync(join(ROOT, "packaging/npm/nash-llm.js"), join(folder, "bin/nash-llm.js"));
  chmodSync(join(folder, "bin/nash-llm.js"), 0o755);
  copyFileSync(join(ROOT, "packaging/npm/README.md"), join(folder, "README.md"));
  const entry = `./lib/${options.buildClient(join(folder, "lib"))}`;
  writeManifest(folder, {
    ...common("nash-llm", options),
    description: options.description,
    keywords: ["llm", "openai", "anthropic", "ollama", "streaming", "server", "chat"],
    type: "module",
    bin: { "nash-llm": "bin/nash-llm.js" },
    exports: {
      "./client": { types: entry.replace(/\.js$/, ".d.ts"), default: entry },
      "./package.json": "./package.json",
    },
    engines: { node: NODE },
    files: ["bin", "lib"],
    sideEffects: false,
    optionalDependencies: Object.fromEntries(targets.map((target) => [packageOf(target), options.version])),
  });
  return folder;
}

function common(name: string, { version, repository }: NpmOptions) {
  return {
    name,
    version,
    license: "MIT",
    homepage: `https://github.com/${repository}#readme`,
    repository: { type: "git", url: `git+https://github.com/${repository}.git` },
    publishConfig: { access: "public" },
  };
}

function writeManifest(folder: string, manifest: Readonly<Record<string, unknown>>): void {
  copyFileSync(join(ROOT, "LICENSE"), join(folder, "LICENSE"));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}
