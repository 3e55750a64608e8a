import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkSettings } from "../../../src/cli/doctor/settings.ts";

test("settings that fit together", () => {
  const { settings, checks } = checkSettings({ port: 9000 }, undefined);
  expect(settings.port).toBe(9000);
  expect(checks[0]).toEqual({ name: "settings", status: "ok", text: "fit together" });
});

test("what would keep the server from starting is a problem, and the rest goes on with the defaults", () => {
  const exposed = checkSettings({ host: "0.0.0.0" }, undefined);
  expect(exposed.checks[0]).toMatchObject({ status: "problem", text: expect.stringContaining("token") });
  const rule = checkSettings({ allowUpstream: ["not a host!"] }, undefined);
  expect(rule.checks[0]).toMatchObject({
    status: "problem",
    text: expect.stringContaining("--allow-upstream"),
  });
  const number = checkSettings({ port: "many" }, undefined);
  expect(number.checks[0]).toMatchObject({ status: "problem", text: expect.stringContaining("--port") });
  expect(number.settings.port).toBe(8001);
});

test("a file of settings that is broken or not there", () => {
  const folder = mkdtempSync(join(tmpdir(), "nash-llm-doctor-"));
  const file = join(folder, "nash-llm.toml");
  try {
    expect(checkSettings({}, file).checks[0]).toMatchObject({
      status: "problem",
      text: expect.stringContaining("cannot be read"),
    });
    writeFileSync(file, "port = = 1");
    expect(checkSettings({}, file).checks[0]).toMatchObject({
      status: "problem",
      text: expect.stringContaining("not TOML"),
    });
    writeFileSync(file, "prot = 1");
    expect(checkSettings({}, file).checks[0]).toMatchObject({
      status: "problem",
      text: expect.stringContaining("prot is no setting"),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
