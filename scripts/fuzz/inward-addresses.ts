/** Addresses that lead inward, in all their spellings. */

import fc from "fast-check";

/** Loopback, private networks, link-local and metadata, the unspecified address. */
const INWARD = [
  "127.0.0.1",
  "127.0.0.1",
  "127.0.0.1",
  "127.1.2.3",
  "0.0.0.0",
  "10.0.0.1",
  "192.168.0.1",
  "172.16.0.1",
  "169.254.169.254",
  "100.64.0.1",
  "100.100.100.200",
  "168.63.129.16",
] as const;

const NAMES = [
  "localhost",
  "LOCALHOST",
  "localhost.",
  "ollama.localhost",
  "a.b.localhost.",
  "lOcAlHoSt",
  "ｌｏｃａｌｈｏｓｔ",
  "loc%61lhost",
  "localhost%2e",
  "local\thost",
  "localhost.localdomain",
  "ip6-localhost",
  "[::1]",
  "[::]",
  "[0:0:0:0:0:0:0:1]",
  "[::1%25lo]",
  "[fe80::1]",
  "[fd00:ec2::254]",
  "[::ffff:0:127.0.0.1]",
] as const;

type Base = 8 | 10 | 16;
const radix = fc.constantFrom<Base>(8, 10, 16);

function written(number: number, base: Base, zeros: number): string {
  if (base === 10) return String(number);
  return base === 8
    ? `0${"0".repeat(zeros)}${number.toString(8)}`
    : `0x${"0".repeat(zeros)}${number.toString(16)}`;
}

/** An IPv4 address of one to four parts, each in a base of its own: all that `inet_aton` takes. */
const v4: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...INWARD),
    fc.integer({ min: 1, max: 4 }),
    fc.array(radix, { minLength: 4, maxLength: 4 }),
    fc.nat(3),
  )
  .map(([address, parts, bases, zeros]) => {
    const bytes = address.split(".").map(Number);
    const last = bytes.slice(parts - 1).reduce((sum, byte) => sum * 256 + byte, 0);
    return [...bytes.slice(0, parts - 1), last]
      .map((part, i) => written(part, bases[i] ?? 10, zeros))
      .join(".");
  });

const hex = (address: string) =>
  address
    .split(".")
    .map((part) => Number(part).toString(16).padStart(2, "0"))
    .join("")
    .replace(/^(.{4})/, "$1:");

/** The same inside an IPv6 address. */
const v6: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...INWARD),
    fc.constantFrom("::ffff:", "::", "64:ff9b::", "64:ff9b:1::", "2002:", "::ffff:0:", "2001:db8::5efe:"),
    fc.boolean(),
  )
  .map(([address, prefix, plain]) => {
    if (prefix === "2002:") return `[2002:${hex(address)}::1]`;
    return `[${prefix}${plain ? address : hex(address)}]`;
  });

const CIRCLED = "⓪①②③④⑤⑥⑦⑧⑨";
const WIDE = "０１２３４５６７８９";

/** Other letters for the same, which a URL makes plain. */
const disguise: fc.Arbitrary<(host: string) => string> = fc.constantFrom<((host: string) => string)[]>(
  (host) => host,
  (host) => host,
  (host) => host.replace(/\d/g, (digit) => CIRCLED[Number(digit)] ?? digit),
  (host) => host.replace(/\d/g, (digit) => WIDE[Number(digit)] ?? digit),
  (host) => host.replaceAll(".", "。"),
  (host) => host.replaceAll(".", "．"),
  (host) => host.replace(/[\d.]/g, (char) => `%${char.charCodeAt(0).toString(16)}`),
  (host) => `${host}.`,
  (host) => host.replace(/./, (char) => `${char}\u00ad`),
  (host) => host.toUpperCase(),
);

/** A way to write a URL around a host and a port. */
const frame: fc.Arbitrary<(host: string, port: number) => string> = fc.constantFrom<
  ((host: string, port: number) => string)[]
>(
  (host, port) => `http://${host}:${port}/v1`,
  (host, port) => `http://${host}:${port}/v1`,
  (host, port) => `https://${host}:${port}/v1`,
  (host, port) => `HTTP://${host}:${port}`,
  (host, port) => `http:${host}:${port}/v1`,
  (host, port) => `http:\\\\${host}:${port}\\v1`,
  (host, port) => `http:////${host}:${port}/v1`,
  (host, port) => `ht\ntp://${host}:${port}/v1`,
  (host, port) => ` \t http://${host}:${port}/v1 `,
  (host, port) => `http://${host}:0000${port}/v1`,
  (host, port) => `http://${host}:${port}?x=/v1`,
  (host, port) => `http://${host}:${port}#@8.8.8.8/v1`,
  (host, port) => `http://8.8.8.8@${host}:${port}/v1`,
  (host, port) => `http://8.8.8.8%2f@${host}:${port}/v1`,
  (host, port) => `http://@${host}:${port}/v1`,
  (host, port) => `http://:@${host}:${port}/v1`,
  (host, port) => `http://${host}:${port}\\@8.8.8.8/v1`,
  (host, port) => `http://${host}:${port}/..//..\\v1`,
  (host, port) => `ws://${host}:${port}/v1`,
  (host, port) => `ftp://${host}:${port}/v1`,
  (host, port) => `file://${host}:${port}/v1`,
  (host, port) => `gopher://${host}:${port}/_POST`,
  (host, port) => `blob:http://${host}:${port}/v1`,
  (host, port) => `//${host}:${port}/v1`,
  (host, port) => `${host}:${port}`,
);

/** A base URL that leads inward, or nowhere. */
export const inward: fc.Arbitrary<(port: number) => string> = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: v4 },
      { weight: 2, arbitrary: v6 },
      { weight: 2, arbitrary: fc.constantFrom(...NAMES) },
    ),
    disguise,
    frame,
  )
  .map(([host, disguised, framed]) => {
    const text = disguised(host);
    return Object.assign((port: number) => framed(text, port), { toString: () => framed(text, 0) });
  });
