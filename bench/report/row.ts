import { median, type Samples } from "../sample-statistics.ts";

/** The name under which the program that this is all about stands in samples. */
export const SUBJECT = "nash-llm";

/** One line of the table: a figure for each program. */
export interface Row {
  readonly label: string;
  readonly unit: string;
  readonly samples: Samples;
  readonly aims: readonly Aim[];
  /** Set where the figure depends on the wall clock, and so on whatever else the machine does. */
  readonly wall?: true;
}

/** What the subject's figure should come to. */
export interface Aim {
  readonly text: string;
  readonly most: number;
  /** The figure to hold against it; undefined where its peer was left out. */
  value(row: Row, subject: string): number | undefined;
}

/** What asking the provider without a relay takes: the rig's own part of a figure by the clock. */
const FLOOR = "no relay";

/** The same row with the rig's own part taken off each figure; undefined where that was not measured. */
export function withoutFloor(row: Row): Row | undefined {
  const floor = row.samples.get(FLOOR);
  if (floor === undefined || floor.length === 0) return undefined;
  const samples = new Map(
    [...row.samples]
      .filter(([name]) => name !== FLOOR)
      .map(([name, sample]) => [name, sample.map((value, round) => value - (floor[round] ?? median(floor)))]),
  );
  return { ...row, label: `${row.label}, less the rig's own`, samples, aims: [] };
}

/** So many times a peer's figure. Rounds are compared one by one, because a machine's pace changes between them. */
export function atMostTimes(most: number, peer: string): Aim {
  return { text: `${most} × ${peer}`, most, value: (row, subject) => ratio(row, subject, peer) };
}

/** So much above a peer's figure. */
export function atMostAbove(most: number, peer: string, unit: string): Aim {
  return {
    text: `${most} ${unit} above ${peer}`,
    most,
    value: (row, subject) => paired(row, subject, peer, (own, other) => own - other),
  };
}

export function atMost(most: number, unit: string): Aim {
  return { text: `${most} ${unit}`, most, value: (row, subject) => figure(row, subject) };
}

/** The median of a program's rounds; undefined where it took no part. */
export function figure({ samples }: Row, name: string): number | undefined {
  const sample = samples.get(name);
  return sample === undefined || sample.length === 0 ? undefined : median(sample);
}

export function ratio(row: Row, name: string, peer: string): number | undefined {
  return paired(row, name, peer, (own, other) => own / other);
}

function paired(
  { samples }: Row,
  name: string,
  peer: string,
  compare: (own: number, other: number) => number,
): number | undefined {
  const others = samples.get(peer);
  const own = samples.get(name);
  if (own === undefined || others === undefined) return undefined;
  return median(own.map((value, round) => compare(value, others[round] ?? Number.NaN)));
}
