/** One machine that there is a program for. */
export interface Target {
  /** The program under `dist/`, as `build.ts` calls it. */
  readonly program: string;
  /** By npm's names, which are Node's. */
  readonly os: "linux" | "darwin" | "win32";
  readonly cpu: "x64" | "arm64";
  readonly libc?: "glibc" | "musl";
}

export const TARGETS: readonly Target[] = [
  { program: "nash-llm-linux-x64", os: "linux", cpu: "x64", libc: "glibc" },
  { program: "nash-llm-linux-x64-musl", os: "linux", cpu: "x64", libc: "musl" },
  { program: "nash-llm-linux-arm64", os: "linux", cpu: "arm64", libc: "glibc" },
  { program: "nash-llm-linux-arm64-musl", os: "linux", cpu: "arm64", libc: "musl" },
  { program: "nash-llm-macos-x64", os: "darwin", cpu: "x64" },
  { program: "nash-llm-macos-arm64", os: "darwin", cpu: "arm64" },
  { program: "nash-llm-windows-x64.exe", os: "win32", cpu: "x64" },
];

/** The npm package of a target: `@nash-llm/linux-x64-musl`. */
export function packageOf({ os, cpu, libc }: Target): string {
  return `@nash-llm/${os}-${cpu}${libc === "musl" ? "-musl" : ""}`;
}

/** What the program is called inside packages and archives. */
export function programIn({ os }: Target): string {
  return os === "win32" ? "nash-llm.exe" : "nash-llm";
}
