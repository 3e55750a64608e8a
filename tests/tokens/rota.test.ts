import { expect, test } from "bun:test";
import { Rota, type Steps } from "../../src/tokens/rota.ts";

function watched(): { rota: Rota; log: string[]; job: (id: number, steps: number, short?: boolean) => void } {
  const log: string[] = [];
  const rota = new Rota(
    (id, tokens) => log.push(`${id} is ${tokens}`),
    (id, error) => log.push(`${id} failed: ${error}`),
  );
  function* steps(id: number, count: number): Steps {
    for (let step = 1; step <= count; step++) {
      log.push(`${id}.${step}`);
      yield;
    }
    return count;
  }
  return { rota, log, job: (id, count, short = false) => rota.add(id, steps(id, count), short) };
}

const oneStep = (): boolean => true;

test("long jobs take turns, and short ones have every other turn", () => {
  const { rota, log, job } = watched();
  for (const id of [1, 2, 3]) job(id, 9);
  for (let turn = 0; turn < 4; turn++) rota.turn(oneStep);
  for (const id of [7, 8]) job(id, 9, true);
  for (let turn = 0; turn < 4; turn++) rota.turn(oneStep);
  expect(log).toEqual(["1.1", "2.1", "3.1", "1.2", "7.1", "2.2", "8.1", "3.2"]);
});

test("a short job that takes more than its turn goes on as a long one", () => {
  const { rota, log, job } = watched();
  job(1, 9);
  job(7, 2, true);
  for (let turn = 0; turn < 5; turn++) rota.turn(oneStep);
  expect(log).toEqual(["7.1", "1.1", "7.2", "1.2", "7 is 2"]);
});

test("a turn goes on until it is over", () => {
  const { rota, log, job } = watched();
  job(1, 5);
  let asked = 0;
  rota.turn(() => ++asked === 3);
  expect(log).toEqual(["1.1", "1.2", "1.3"]);
  rota.turn(() => false);
  expect(log.at(-1)).toBe("1 is 5");
  expect(rota.size).toBe(0);
});

test("a job that was removed never ends", () => {
  const { rota, log, job } = watched();
  job(1, 3);
  job(2, 3);
  rota.turn(oneStep);
  rota.remove(1);
  rota.remove(2);
  rota.turn(oneStep);
  expect(log).toEqual(["1.1"]);
  expect(rota.size).toBe(0);
});

test("a job that throws fails by itself", () => {
  const { rota, log, job } = watched();
  rota.add(
    1,
    (function* (): Steps {
      yield;
      throw new Error("no");
    })(),
    false,
  );
  job(2, 1);
  while (rota.size > 0) rota.turn(() => false);
  expect(log).toEqual(["1 failed: Error: no", "2.1", "2 is 1"]);
});
