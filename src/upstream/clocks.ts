/** How long each phase of an answer may take, in milliseconds. */
export interface Clocks {
  /** Until a connection stands. Checked only while no headers have come. */
  readonly connect: number;
  /** Until the first event of the answer, from the request on. */
  readonly firstEvent: number;
  /** Between two events. Comments, pings and other heartbeats do not count. */
  readonly gap: number;
  /** The whole answer. */
  readonly answer: number;
}

export const DEFAULT_CLOCKS: Clocks = {
  connect: 10_000,
  firstEvent: 300_000,
  gap: 120_000,
  answer: 3_600_000,
};
