/** The address of a server bound to a host, as it is reached from this machine: an unspecified one means loopback. */
export function addressHere(host: string, port: number): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}
