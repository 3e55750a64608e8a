/**
 * Loaded before `build.ts` by a test: stands in for the bundler, which would take long and fetch a Bun for each
 * machine. The program that it makes is the order for it, as JSON. `FAILING` names a target that cannot be had.
 */

import { writeFileSync } from "node:fs";

const failing = process.env["FAILING"];

const stand: typeof Bun.build = async (order) => {
  if (!("compile" in order) || typeof order.compile !== "object")
    throw new Error("not an order for a program");
  if (failing !== undefined && order.compile.target === failing) {
    throw new AggregateError([new Error("no such Bun"), new Error("no network")]);
  }
  writeFileSync(order.compile.outfile ?? "", JSON.stringify(order));
  return { success: true, outputs: [], logs: [] };
};
Bun.build = stand;
