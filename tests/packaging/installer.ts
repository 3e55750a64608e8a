/** Runs `packaging/install.sh` with a release and a machine made up for it. Nothing leaves this machine. */

import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TEMPLATE = readFileSync(join(import.meta.dir, "../../packaging/install.sh"), "utf8");

/** What the script uses of a system. Neither curl nor wget: each test says which of them there is. */
const TOOLS = "awk chmod cp cut gzip ls mkdir mktemp mv rm sh tar".split(" ");
const SUMS = ["sha256sum", "shasum", "openssl"];

export class Machine implements Disposable {
  readonly #root = mkdtempSync(join(tmpdir(), "nash-llm-install-"));
  readonly release = join(this.#root, "release");
  readonly home = join(this.#root, "home");
  readonly program = join(this.home, ".local/bin/nash-llm");
  readonly #tools = join(this.#root, "tools");

  constructor({ system = "Linux", cpu = "x86_64", libc = "glibc" } = {}) {
    for (const folder of [this.release, this.home, this.#tools]) mkdirSync(folder);
    for (const tool of [...TOOLS, ...SUMS]) {
      const path = Bun.which(tool);
      if (path !== null) symlinkSync(path, join(this.#tools, tool));
    }
    this.tool("uname", `case $1 in -s) echo ${system} ;; -m) echo ${cpu} ;; esac`);
    this.tool("getconf", libc === "glibc" ? "echo glibc 2.36" : "exit 1");
    this.tool("ldd", libc === "glibc" ? "echo ldd GLIBC 2.36" : "echo musl libc; exit 1");
    this.tool("sysctl", "exit 1");
    this.tool("cat", "echo flags: sse4_2");
  }

  /** Adds a command to the machine. */
  tool(name: string, script: string): void {
    writeFileSync(join(this.#tools, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.#tools, name), 0o755);
  }

  /** A curl or wget that takes what it is asked for out of the release, and writes down its arguments. */
  downloader(name: "curl" | "wget"): void {
    const body = `
echo "$*" >> "$ASKED"
while [ $# -gt 0 ]; do
  case $1 in -o | -O) out=$2; shift ;; http*) url=$1 ;; esac
  shift
done
cp "${this.release}/\${url##*/}" "$out"`;
    this.tool(name, body.replace("$ASKED", join(this.#root, "asked")));
  }

  /** The arguments of each call of curl or wget. */
  asked(): readonly string[] {
    const path = join(this.#root, "asked");
    return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
  }

  /** Puts an archive with a program into the release, and its sum, or a wrong one, into SHA256SUMS. */
  publish(archive: string, script: string, sum?: string): string {
    const folder = mkdtempSync(join(this.#root, "pack-"));
    writeFileSync(join(folder, "nash-llm"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "nash-llm"), 0o755);
    const path = join(this.release, archive);
    const { exitCode } = Bun.spawnSync(["tar", "-czf", path, "-C", folder, "nash-llm"]);
    if (exitCode !== 0) throw new Error("tar failed");
    const real = createHash("sha256").update(readFileSync(path)).digest("hex");
    writeFileSync(
      join(this.release, "SHA256SUMS"),
      `${"0".repeat(64)}  other-${archive}\n${sum ?? real}  ${archive}\n`,
    );
    return real;
  }

  /** Runs the script, as a release would have it, or as it is given. */
  install(
    env: Readonly<Record<string, string>> = {},
    script = TEMPLATE.replaceAll("@NASH_LLM_REPOSITORY@", "some/where"),
  ) {
    const { exitCode, stdout, stderr } = Bun.spawnSync(["sh"], {
      stdin: Buffer.from(script),
      env: { PATH: this.#tools, HOME: this.home, ...env },
    });
    return { code: exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
  }

  [Symbol.dispose](): void {
    rmSync(this.#root, { recursive: true });
  }
}

export { TEMPLATE };
