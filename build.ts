/** `bun build.ts` leaves the program for this machine at `./nash-llm`; see `--help`. */
import { createHash } from "node:crypto";
import { mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { install } from "./scripts/install.mjs";

const HELP = `Usage: bun build.ts [--all]

Makes the program, a single file that needs nothing else.

  (nothing)   ./nash-llm, for this machine
  --all       dist/, for every machine listed here, with SHA256SUMS
  --help      print this

The first time, --all fetches the Bun of each machine from the npm registry, about 40 MB each.
`;

const ROOT = import.meta.dir;
const DIST = join(ROOT, "dist");

/**
 * Names under `dist/`. On x64 it is always the build for processors without AVX2, on which any other stops at once;
 * Bun 1.4.5 has no other.
 */
const TARGETS: Readonly<Record<string, Bun.Build.CompileTarget>> = {
  "nash-llm-linux-x64": "bun-linux-x64-baseline",
  "nash-llm-linux-x64-musl": "bun-linux-x64-baseline-musl",
  "nash-llm-linux-arm64": "bun-linux-arm64",
  "nash-llm-linux-arm64-musl": "bun-linux-arm64-musl",
  "nash-llm-macos-x64": "bun-darwin-x64-baseline",
  "nash-llm-macos-arm64": "bun-darwin-arm64",
  "nash-llm-windows-x64.exe": "bun-windows-x64-baseline",
};

/**
 * Bun 1.4.5 signs what it makes for arm64, but leaves in the x64 one the signature of its own program, which is no
 * longer true (oven-sh/bun#39837).
 */
const UNSIGNED = "nash-llm-macos-x64";

/**
 * Makes one program.
 * @param path where it goes; a program that runs there is replaced, not disturbed
 * @param target this machine, unless named
 * @throws what Bun found wrong with the sources, or with fetching another machine's Bun
 */
async function build(path: string, target?: Bun.Build.CompileTarget): Promise<void> {
  const workshop = `${path}.building`;
  mkdirSync(workshop, { recursive: true });
  try {
    const made = join(workshop, basename(path));
    await Bun.build({
      entrypoints: ["main.ts", "tokens/worker.ts", "ledger/sqlite-worker.ts"].map((name) =>
        join(ROOT, "src", name),
      ),
      root: join(ROOT, "src"),
      target: "bun",
      format: "esm",
      minify: true,
      bytecode: true,
      // What is imported on demand is loaded on demand.
      splitting: true,
      // Traces in the log name our own lines. The map goes into the program; the copies beside it are not wanted.
      sourcemap: "linked",
      compile: {
        outfile: made,
        ...(target === undefined ? {} : { target }),
        // The program must not obey the folder that it is started in.
        autoloadDotenv: false,
        autoloadBunfig: false,
        autoloadTsconfig: false,
        autoloadPackageJson: false,
      },
    });
    renameSync(made, path);
  } finally {
    rmSync(workshop, { recursive: true });
  }
}

/** Makes the program for this machine. Returns the exit code. */
async function buildOwn(): Promise<number> {
  const path = join(ROOT, process.platform === "win32" ? "nash-llm.exe" : "nash-llm");
  await build(path);
  report(path);
  return 0;
}

/** Makes the program for every machine. Returns the exit code. */
async function buildAll(): Promise<number> {
  rmSync(DIST, { recursive: true, force: true });
  const failed: string[] = [];
  let sums = "";
  for (const [name, target] of Object.entries(TARGETS)) {
    const path = join(DIST, name);
    try {
      await build(path, target);
      sums += `${await sha256(path)}  ${name}\n`;
      report(path);
    } catch (error) {
      failed.push(name);
      console.error(`${name}: ${reason(error)}`);
    }
  }
  if (failed.length > 0) {
    console.error(`Not built: ${failed.join(", ")}`);
    return 1;
  }
  await Bun.write(join(DIST, "SHA256SUMS"), sums);
  console.error(`${UNSIGNED} is to be signed on a Mac: codesign --force --sign - ${UNSIGNED}`);
  return 0;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of Bun.file(path).stream()) hash.update(chunk);
  return hash.digest("hex");
}

function report(path: string): void {
  console.log(`${(statSync(path).size / 1e6).toFixed(1)} MB  ${path.slice(ROOT.length + 1)}`);
}

/** All that was wrong, each with its place where it has one. */
function reason(error: unknown): string {
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  return errors.map((one) => (one instanceof Error ? one.message : Bun.inspect(one))).join("\n");
}

/** Returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== "--all" && arg !== "--help");
  if (unknown !== undefined || args.includes("--help")) {
    (unknown === undefined ? process.stdout : process.stderr).write(HELP);
    return unknown === undefined ? 0 : 2;
  }
  try {
    // This Bun has already looked for the packages, and would not look again.
    if (install(process.execPath))
      return Bun.spawnSync([...process.argv], { stdio: ["inherit", "inherit", "inherit"] }).exitCode;
    return await (args.includes("--all") ? buildAll() : buildOwn());
  } catch (error) {
    console.error(reason(error));
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
