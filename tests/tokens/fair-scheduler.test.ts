import { expect, test } from "bun:test";
import { FairScheduler, type Steps } from "../../src/tokens/fair-scheduler.ts";

function watched(): {
  scheduler: FairScheduler;
  log: string[];
  job: (id: number, steps: number, short?: boolean) => void;
} {
  const log: string[] = [];
  const scheduler = new FairScheduler(
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
  return { scheduler, log, job: (id, count, short = false) => scheduler.add(id, steps(id, count), short) };
}

const oneStep = (): boolean => true;

test("long jobs take turns, and short ones have every other turn", () => {
  const { scheduler, log, job } = watched();
  for (const id of [1, 2, 3]) job(id, 9);
  for (let turn = 0; turn < 4; turn++) scheduler.turn(oneStep);
  for (const id of [7, 8]) job(id, 9, true);
  for (let turn = 0; turn < 4; turn++) scheduler.turn(oneStep);
  expect(log).toEqual(["1.1", "2.1", "3.1", "1.2", "7.1", "2.2", "8.1", "3.2"]);
});

test("a short job that takes more than its turn goes on as a long one", () => {
  const { scheduler, log, job } = watched();
  job(1, 9);
  job(7, 2, true);
  for (let turn = 0; turn < 5; turn++) scheduler.turn(oneStep);
  expect(log).toEqual(["7.1", "1.1", "7.2", "1.2", "7 is 2"]);
});

test("a turn goes on until it is over", () => {
  const { scheduler, log, job } = watched();
  job(1, 5);
  let asked = 0;
  scheduler.turn(() => ++asked === 3);
  expect(log).toEqual(["1.1", "1.2", "1.3"]);
  scheduler.turn(() => false);
  expect(log.at(-1)).toBe("1 is 5");
  expect(scheduler.size).toBe(0);
});

test("a job that was removed never ends", () => {
  const { scheduler, log, job } = watched();
  job(1, 3);
  job(2, 3);
  scheduler.turn(oneStep);
  scheduler.remove(1);
  scheduler.remove(2);
  scheduler.turn(oneStep);
  expect(log).toEqual(["1.1"]);
  expect(scheduler.size).toBe(0);
});

test("a job that throws fails by itself", () => {
  const { scheduler, log, job } = watched();
  scheduler.add(
    1,
    (function* (): Steps {
      yield;
      throw new Error("no");
    })(),
    false,
  );
  job(2, 1);
  while (scheduler.size > 0) scheduler.turn(() => false);
  expect(log).toEqual(["1 failed: Error: no", "2.1", "2 is 1"]);
});
