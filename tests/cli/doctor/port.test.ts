import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPort } from "../../../src/cli/doctor/port.ts";
import { ownerInProc, parseLsof } from "../../../src/cli/doctor/port-owner.ts";

test("a port that is taken, and then free", async () => {
  const server = createServer((socket) => socket.resume());
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const held = await checkPort("127.0.0.1", port);
  expect(held).toMatchObject({ name: "port", status: "problem" });
  expect(held.text).toStartWith(`${port} on 127.0.0.1 is taken`);
  await new Promise((closed) => server.close(closed));
  expect(await checkPort("127.0.0.1", port)).toMatchObject({
    status: "ok",
    text: `${port} on 127.0.0.1 is free`,
  });
  expect(await checkPort("127.0.0.1", 0)).toMatchObject({ status: "ok" });
});

test("an address that is not this machine's", async () => {
  expect(await checkPort("192.0.2.77", 8001)).toMatchObject({
    status: "problem",
    text: "192.0.2.77 is no address of this machine",
  });
});

test("another nash-llm is told apart from a stranger", async () => {
  const own = { info: { title: "nash-llm", version: "9.9.9" } };
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => Response.json(own) });
  const port = server.port ?? 0;
  expect(await checkPort("127.0.0.1", port)).toEqual({
    name: "port",
    status: "note",
    text: `nash-llm 9.9.9 is running on ${port} on 127.0.0.1`,
  });
  own.info.title = "something else";
  expect(await checkPort("127.0.0.1", port)).toMatchObject({ status: "problem" });
  await server.stop(true);
});

test("who listens is found through /proc", () => {
  const root = mkdtempSync(join(tmpdir(), "nash-llm-proc-"));
  const row = (port: string, state: string, inode: string) =>
    `   0: 0100007F:${port} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0\n`;
  try {
    mkdirSync(join(root, "net"), { recursive: true });
    mkdirSync(join(root, "4711/fd"), { recursive: true });
    writeFileSync(join(root, "4711/comm"), "python3\n");
    symlinkSync("socket:[555]", join(root, "4711/fd/3"));
    const table = [
      "  sl  local_address\n",
      row("1F41", "01", "555"),
      row("1F41", "0A", "555"),
      row("1F42", "0A", "7"),
    ];
    writeFileSync(join(root, "net/tcp"), table.join(""));
    expect(ownerInProc(8001, root)).toBe("python3 (process 4711)");
    expect(ownerInProc(8002, root)).toBe("user 1000");
    expect(ownerInProc(8003, root)).toBeUndefined();
  } finally {
    rmSync(root, { recursive: true });
  }
});

test("who listens is read out of lsof's fields", () => {
  expect(parseLsof("p4711\ncpython3.12\nf3\n")).toBe("python3.12 (process 4711)");
  expect(parseLsof("")).toBeUndefined();
});
