/** Microseconds since 1970. Between processes of one machine it was found to differ by no more than five of them. */
export function microseconds(): number {
  return (performance.timeOrigin + performance.now()) * 1e3;
}
