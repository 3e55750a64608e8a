import { afterEach, expect, test } from "bun:test";
import { checkHealth } from "../../../src/cli/doctor/health.ts";
import { checkOnline } from "../../../src/cli/doctor/online.ts";
import { reply, startStandIn } from "../../support/stand-in.ts";
import { certify } from "../../upstream/certificates.ts";

/** A label of 64 letters: no resolver even asks for it. */
const UNRESOLVABLE = `${"a".repeat(64)}.invalid`;

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

async function standIn(...[answer, options]: Parameters<typeof startStandIn>) {
  const server = await startStandIn(answer, options);
  running.push(server);
  return server;
}

test("a refusal for want of a key is as good as any answer", async () => {
  const provider = await standIn(({ socket }) => socket.end(reply(401, { connection: "close" }, "")));
  const [check] = await checkOnline(false, [`${provider.url}/models`]);
  expect(check).toMatchObject({ name: `127.0.0.1:${provider.port}`, status: "ok" });
  expect(check?.text).toContain("401");
  const [visit] = provider.visits;
  expect(visit?.method).toBe("HEAD");
  expect(Object.keys(visit?.headers ?? {})).not.toContain("authorization");
});

test("a clock that is far from the provider's", async () => {
  const date = new Date(Date.now() - 3_600_000).toUTCString();
  const provider = await standIn(({ socket }) => socket.end(reply(401, { date, connection: "close" }, "")));
  const [check] = await checkOnline(false, [provider.url]);
  expect(check).toMatchObject({
    name: "clock",
    status: "problem",
    text: expect.stringContaining("60 minutes ahead"),
  });
});

test("nobody there, a name that is none, and a certificate of a stranger", async () => {
  const gone = await startStandIn(() => undefined);
  await gone.stop();
  const stranger = await standIn(() => undefined, { certificate: certify("localhost") });
  const checks = await checkOnline(false, [gone.url, `http://${UNRESOLVABLE}/`, stranger.url]);
  expect(checks.map(({ status }) => status)).toEqual(["problem", "problem", "problem"]);
  expect(checks[0]?.text).toContain("Nothing answers");
  expect(checks[1]?.text).toContain("not resolved");
  expect(checks[2]?.text).toContain("certificate");
  expect(checks[2]?.advice).toContain("NODE_EXTRA_CA_CERTS");
});

test("the health of a running server", async () => {
  const statuses = [200, 503];
  const server = await standIn(({ socket }, index) =>
    socket.end(reply(statuses[index] ?? 500, { connection: "close" }, "")),
  );
  const address = `http://127.0.0.1:${server.port}`;
  expect(await checkHealth(address)).toMatchObject({ status: "ok" });
  expect(server.visits[0]?.path).toBe("/health");
  expect(await checkHealth(address)).toMatchObject({
    status: "problem",
    text: expect.stringContaining("503"),
  });
  await server.stop();
  running.length = 0;
  expect(await checkHealth(address)).toMatchObject({
    status: "problem",
    text: expect.stringContaining("Nothing"),
  });
  expect(await checkHealth("not an address")).toMatchObject({ status: "problem" });
});
