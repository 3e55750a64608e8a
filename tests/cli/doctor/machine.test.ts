import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkContainer } from "../../../src/cli/doctor/container.ts";
import { checkClock, checkOpenFiles, checkStateFolder } from "../../../src/cli/doctor/machine.ts";

test("open files: as many answers as there is room for", () => {
  expect(checkOpenFiles(100, 100).status).toBe("ok");
  expect(checkOpenFiles(101, 100)).toMatchObject({
    status: "note",
    text: expect.stringContaining("100 answers"),
  });
  expect(checkOpenFiles(1_000_000, Number.POSITIVE_INFINITY).status).toBe("ok");
});

test("the state folder: there, to be made, or impossible", () => {
  const folder = mkdtempSync(join(tmpdir(), "nash-llm-state-"));
  try {
    expect(checkStateFolder(folder)).toEqual({ name: "state folder", status: "ok", text: folder });
    expect(checkStateFolder(join(folder, "a/b")).text).toContain("made when the client first needs it");
    expect(checkStateFolder(undefined).status).toBe("note");
    const file = join(folder, "file");
    writeFileSync(file, "");
    expect(checkStateFolder(join(file, "nash-llm")).status).toBe("note");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a clock that is years behind", () => {
  expect(checkClock(0).status).toBe("problem");
  expect(checkClock(Date.UTC(2027, 0, 1)).status).toBe("ok");
});

describe("a container", () => {
  const ROUTES =
    "Iface\tDestination\tGateway \tFlags\neth0\t00000000\t010011AC\t0003\neth0\t000011AC\t00000000\t0001\n";

  test("is told how to reach its host, and what to allow", () => {
    const [check] = within(
      { ".dockerenv": "", "proc/net/route": ROUTES, "etc/hosts": "127.0.0.1 localhost\n" },
      true,
    );
    expect(check).toMatchObject({ status: "note", text: expect.stringContaining("Docker") });
    expect(check?.advice).toContain("http://172.17.0.1:11434/v1");
    expect(check?.advice).toContain("--add-host host.docker.internal:host-gateway");
    expect(check?.advice).toContain("--allow-upstream 172.17.0.1");
  });

  test("uses the host's name where that is known", () => {
    const hosts = "172.17.0.1\thost.docker.internal\n";
    const listed = within({ ".dockerenv": "", "proc/net/route": ROUTES, "etc/hosts": hosts }, false)[0];
    expect(listed?.advice).toContain("http://host.docker.internal:11434/v1");
    expect(listed?.advice).not.toContain("--add-host");
    expect(listed?.advice).not.toContain("--allow-upstream");
    const desktop = within({ ".dockerenv": "", "proc/version": "Linux version 6.10.14-linuxkit" }, false)[0];
    expect(desktop?.advice).toContain("http://host.docker.internal:11434/v1");
    const commented = within({ ".dockerenv": "", "etc/hosts": "# 1.2.3.4 host.docker.internal\n" }, false)[0];
    expect(commented?.advice).toContain("is not known");
  });

  test.each([
    ["Podman", { "run/.containerenv": "" }],
    ["Kubernetes", { "proc/1/cgroup": "0::/kubepods.slice/pod1\n" }],
    ["Docker", { "proc/1/cgroup": "12:cpu:/docker/0123\n" }],
    ["container", { "proc/1/cgroup": "1:name=systemd:/lxc/box\n" }],
  ])("%s is known by its signs", (kind, files) => {
    expect(within(files, false)[0]?.text).toContain(`(${kind})`);
  });

  test("none of these signs means none of this", () => {
    const checks = within({ "proc/1/cgroup": "0::/init.scope\n" }, false);
    expect(checks.some(({ text }) => text.includes("runs in a container"))).toBe(false);
  });
});

/** What is said of a machine whose file system holds these files. */
function within(files: Readonly<Record<string, string>>, exposed: boolean) {
  const root = mkdtempSync(join(tmpdir(), "nash-llm-root-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return checkContainer(exposed, root);
  } finally {
    rmSync(root, { recursive: true });
  }
}
