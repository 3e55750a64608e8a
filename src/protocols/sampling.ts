import { invalidField } from "../core/failure.ts";
import type { Sampling } from "../core/message.ts";
import type { Traits } from "./traits.ts";

/**
 * Refuses what a provider does not know or take, before anything is sent: a setting is never changed or dropped in silence.
 * @throws {ChatError} `invalid_request` with the field's name
 */
export function checkSampling(sampling: Sampling, traits: Traits): void {
  const { temperature, stop, seed, reasoning_effort: effort } = sampling;
  const [coolest, hottest] = traits.temperature;
  if (temperature !== undefined && (temperature < coolest || temperature > hottest)) {
    throw invalidField("temperature", `This provider takes a temperature from ${coolest} to ${hottest}.`);
  }
  if (Array.isArray(stop) && traits.maxStops !== null && stop.length > traits.maxStops) {
    throw invalidField("stop", `This provider takes at most ${traits.maxStops} stop sequences.`);
  }
  if (stop !== undefined && !traits.blankStops && [stop].flat().some((text) => text.trim() === "")) {
    throw invalidField("stop", "This provider takes no stop sequences of white space alone.");
  }
  if (seed !== undefined && traits.seedField === null) {
    throw invalidField("seed", "This provider has no seed.");
  }
  if (effort !== undefined && !traits.reasoningEfforts.includes(effort)) {
    throw invalidField(
      "reasoning_effort",
      traits.reasoningEfforts.length === 0
        ? "This provider has no reasoning effort."
        : `This provider takes a reasoning effort of ${traits.reasoningEfforts.join(", ")}.`,
    );
  }
}
