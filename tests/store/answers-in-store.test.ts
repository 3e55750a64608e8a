import { expect, setDefaultTimeout, test } from "bun:test";
import { AnswerStore, DEFAULT_RESUME_LIMITS } from "../../src/answers/answer-store.ts";
import { AnswersInStore } from "../../src/store/answers-in-store.ts";
import { startFakeStore } from "./fake-store.ts";

setDefaultTimeout(20_000);

/** What happens between servers when the store fails, or is slow, at the wrong moment. */

const OPTIONS = {
  owner: "ada",
  kind: "nash",
  headers: {},
  finish: true,
  farewell: () => "data: slow\n\n",
  lost: () => "data: lost\n\n",
  abort: () => undefined,
} as const;

/** Text is on its way to the store for so long at most. */
const WRITTEN_MS = 60;

function twoServers() {
  const store = startFakeStore();
  const start = (name: string) =>
    new AnswerStore(DEFAULT_RESUME_LIMITS, new AnswersInStore(store.serverNamed(name)));
  return { store, maker: start("maker"), other: start("other") };
}

async function finished(maker: AnswerStore) {
  const answer = maker.hold("an-answer", OPTIONS);
  answer.append("data: one\nid: 1\n\n", 1);
  answer.end();
  await Bun.sleep(WRITTEN_MS);
  return answer;
}

const found = async (...servers: AnswerStore[]) =>
  await Promise.all(
    servers.map(async (server) => (await server.find("an-answer", "nash", "ada")) !== undefined),
  );

test("an answer that was deleted elsewhere while the store was away does not come back with it", async () => {
  const { store, maker, other } = twoServers();
  await finished(maker);
  const mirror = await other.find("an-answer", "nash", "ada");
  store.lose();
  if (mirror !== undefined) other.delete(mirror);
  await Bun.sleep(WRITTEN_MS);
  store.comeBack();
  await Bun.sleep(2 * WRITTEN_MS);
  expect(await found(maker, other)).toEqual([false, false]);
});

test("nor one whose deletion the store did not answer to", async () => {
  const { store, maker, other } = twoServers();
  const answer = await finished(maker);
  store.hang();
  maker.delete(answer);
  await Bun.sleep(WRITTEN_MS);
  store.comeBack();
  await Bun.sleep(2 * WRITTEN_MS);
  expect(await found(maker, other)).toEqual([false, false]);
});

test("whoever comes back to an answer elsewhere while it is let go of there reads it to its end", async () => {
  const { store, maker, other } = twoServers();
  const answer = maker.hold("an-answer", OPTIONS);
  answer.append("data: one\nid: 1\n\n", 1);
  await Bun.sleep(WRITTEN_MS);
  const first = (await other.find("an-answer", "nash", "ada"))?.reader(0);
  await first?.next();
  first?.close();
  // It is let go of 5 s after its last reader has left, by a look once a second, and the store is slow.
  await Bun.sleep(5_300);
  store.slow("EXISTS", 1_200);
  const again = (await other.find("an-answer", "nash", "ada"))?.reader(1);
  answer.append("data: two\nid: 2\n\n", 1);
  answer.end();
  const text = Promise.resolve(again?.next()).then((bytes) => Buffer.from(bytes ?? []).toString());
  expect(await Promise.race([text, Bun.sleep(3_000)])).toContain("data: two");
});
