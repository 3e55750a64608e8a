import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHAT, chatBody, post } from "../support/answers.ts";
import { note } from "../support/note.ts";
import { type Program, startProgram } from "../support/program.ts";
import { type Redis, startRedis } from "../support/redis.ts";
import { ready, until } from "../support/replicas.ts";
import { certify } from "../upstream/certificates.ts";

/** A store behind TLS, with a real Redis or Valkey: whom the server trusts, and what it says where it does not (docs/scale.md). */

setDefaultTimeout(60_000);

const KEY = { NASH_LLM_STORE_KEY: "k".repeat(40) };
const TOKEN = "a-token-of-the-client-ada";
const PASSWORD = "a-password-of-nash";
/** As docs/scale.md has it. */
const RIGHTS =
  "~nash-llm:* +hello +set +get +del +exists +pexpire +pttl +xadd +xtrim +xrange +xread +eval +time +hget +hgetall +hset +hdel +hincrby +hincrbyfloat";

let redis: Redis | undefined;
let folder: string;
let trusted: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nash-llm-store-tls-"));
  const authority = certify("an authority of the tests");
  const file = join(folder, "authority.pem");
  writeFileSync(file, authority.cert);
  trusted = { ...KEY, NODE_EXTRA_CA_CERTS: file };
  redis = await startRedis({
    tls: certify("localhost", ["localhost"], authority),
    users: [`nash on >${PASSWORD} ${RIGHTS}`, `reader on >${PASSWORD} ~* +hello +get`],
  });
  if (redis === undefined) note("there is no Redis or Valkey with TLS here: rediss:// was not tried");
});
afterAll(async () => {
  await redis?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const start = (store: string, env: Readonly<Record<string, string>>, args: readonly string[] = []) =>
  startProgram({ args: ["--no-detect", "--store", store, ...args], env });

const demo = chatBody("http://demo.invalid/v1", "demo", { stream_options: { resumable: true } });

async function servesBoth(a: Program, b: Program): Promise<void> {
  for (const program of [a, b]) await until(async () => (await ready(program)) === "ready");
  const headers = { "x-nash-llm-token": TOKEN };
  const response = await post(a, CHAT, demo, { headers });
  const elsewhere = await fetch(`${b.url}/v1/answers/${response.headers.get("x-answer-id")}`, { headers });
  expect(elsewhere.status).toBe(200);
  expect(await elsewhere.text()).toBe(await response.text());
}

test("behind a certificate of an authority that is trusted, with the password of all", async () => {
  if (redis === undefined) return;
  const env = { ...trusted, NASH_LLM_STORE_PASSWORD: redis.password };
  await using a = await start(redis.url, env);
  await using b = await start(redis.url, env);
  await servesBoth(a, b);
});

test("as a user who may do what is needed, and nothing else", async () => {
  if (redis === undefined) return;
  const url = redis.url.replace("rediss://", "rediss://nash@");
  const env = { ...trusted, NASH_LLM_STORE_PASSWORD: PASSWORD };
  const file = join(folder, "settings.toml");
  const hash = new Bun.CryptoHasher("sha256").update(TOKEN).digest("hex");
  const limits = "requests-per-minute = 9\nstreams = 9\ntokens-per-minute = 9000\ncost-per-day = 9.0\n";
  writeFileSync(file, `[[client]]\nname = "ada"\ntoken-sha256 = "${hash}"\nmodels = ["*"]\n${limits}`);
  await using a = await start(url, env, ["--config", file]);
  await using b = await start(url, env, ["--config", file]);
  await servesBoth(a, b);
  expect(await redis.ask("KEYS", "nash-llm:client:*")).toContain(":minute");
  expect(await redis.ask("ACL", "LOG")).toBe("");
});

test.each<[string, string, (redis: Redis) => [url: string, env: Record<string, string>]]>([
  [
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "NODE_EXTRA_CA_CERTS",
    ({ url, password }) => [url, { ...KEY, NASH_LLM_STORE_PASSWORD: password }],
  ],
  [
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "another name",
    ({ url, password }) => [
      url.replace("localhost", "127.0.0.1"),
      { ...trusted, NASH_LLM_STORE_PASSWORD: password },
    ],
  ],
  ["WRONGPASS", "another password", ({ url }) => [url, { ...trusted, NASH_LLM_STORE_PASSWORD: PASSWORD }]],
  ["NOAUTH", "--store-password-file", ({ url }) => [url, trusted]],
  [
    "NOPERM",
    "may not do",
    ({ url }) => [
      url.replace("rediss://", "rediss://reader@"),
      { ...trusted, NASH_LLM_STORE_PASSWORD: PASSWORD },
    ],
  ],
])("refused, and told why: %s", async (code, words, make) => {
  if (redis === undefined) return;
  const [url, env] = make(redis);
  await using program = await start(url, env);
  const line = await program.logged((text) => text.includes("goes on alone"));
  expect(JSON.parse(line)).toMatchObject({ store: "lost", code, msg: expect.stringContaining(words) });
  expect(await ready(program)).toBe("degraded");
  for (const secret of [redis.password, PASSWORD, "k".repeat(40)])
    expect(program.stderr()).not.toContain(secret);
});
