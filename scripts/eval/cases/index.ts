import type { Case } from "../case.ts";
import { flights, hiddenOrders } from "./hostile.ts";
import { contract, flat, journey } from "./languages.ts";
import { harbourMove, wedding } from "./planning.ts";
import { debugging, secondSummary } from "./technical.ts";

const CASES = [
  harbourMove,
  wedding,
  hiddenOrders,
  flights,
  debugging,
  secondSummary,
  flat,
  journey,
  contract,
];

/**
 * All cases.
 * @param stretch how often their small talk is taken: at 1 they have 1,800 to 3,500 tokens each
 */
export function allCases(stretch: number): Case[] {
  return CASES.map((one) => one(stretch));
}
