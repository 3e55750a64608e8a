import { describe, expect, test } from "bun:test";
import { judge, type UpstreamPolicy } from "../../src/upstream/address-policy.ts";
import { parseAllowRule } from "../../src/upstream/allow-rules.ts";
import type { Resolver } from "../../src/upstream/dns-cache.ts";

const EXPOSED: UpstreamPolicy = {
  exposed: true,
  allow: [],
  own: () => ({ port: 8001, addresses: [] }),
  proxied: false,
};

const ZONE: Readonly<Record<string, readonly string[]>> = {
  "public.test": ["8.8.8.8"],
  "inner.test": ["10.0.0.5", "10.0.0.6"],
  "inner.test.": ["10.0.0.5"],
  "a.inner.test": ["10.0.0.5"],
  "wide.test": ["10.0.0.5", "192.168.1.5"],
  "xn--bcher-kva.test": ["10.0.0.7"],
  "metadata.test": ["169.254.169.254"],
};

const resolve: Resolver = async (hostname) =>
  (ZONE[hostname] ?? []).map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));

async function isAllowed(rules: readonly string[], url: string): Promise<boolean> {
  const policy = { ...EXPOSED, allow: rules.map(parseAllowRule) };
  return judge(new URL(url), policy, resolve).then(
    () => true,
    (error) => {
      expect(error.failure.type).toBe("forbidden");
      return false;
    },
  );
}

const words = (text: string) => text.trim().split(/\s+/);

/** A rule, URLs that it allows, and URLs that stay refused. */
const RULES: readonly (readonly [rule: string, allowed: string, refused: string])[] = [
  [
    "inner.test",
    "http://inner.test/ https://inner.test:8443/ http://INNER.test:8080/ http://inner.test./",
    "http://10.0.0.5/ http://a.inner.test/ http://public.test/ http://wide.test/",
  ],
  ["inner.test.", "http://inner.test/ http://inner.test./", "http://wide.test/"],
  [
    "Inner.Test:8080",
    "http://inner.test:8080/ https://inner.test:8080/",
    "http://inner.test/ http://inner.test:8081/",
  ],
  [
    "inner.test:80",
    "http://inner.test/ http://inner.test:80/",
    "https://inner.test/ http://inner.test:8080/",
  ],
  ["BÜCHER.test", "http://bücher.test/ http://xn--bcher-kva.test/", "http://inner.test/"],
  ["http://inner.test", "http://inner.test/", "https://inner.test/ http://inner.test:8080/"],
  ["http://inner.test/", "http://inner.test/", "https://inner.test/ http://inner.test:8080/"],
  ["HTTP://inner.test:8080", "http://inner.test:8080/", "http://inner.test/ https://inner.test:8080/"],
  [
    "https://inner.test",
    "https://inner.test/ https://inner.test:443/",
    "http://inner.test/ http://inner.test:443/",
  ],
  [
    "http://public.test",
    "http://public.test/ https://public.test/",
    "http://8.8.8.8/ http://public.test:8080/",
  ],
  ["public.test", "http://public.test/ http://public.test:8080/", "http://8.8.8.8/"],
  [
    "10.0.0.0/8",
    "http://10.0.0.1/ https://10.255.0.1:99/ http://inner.test/ http://[::ffff:10.0.0.1]/ http://[64:ff9b::10.0.0.1]/",
    "http://11.0.0.1/ http://wide.test/ http://192.168.1.5/ http://[fd00::1]/ http://[::1]/",
  ],
  [
    "10.0.0.5",
    "http://10.0.0.5/ http://10.5:8080/ http://inner.test./",
    "http://10.0.0.6/ http://inner.test/",
  ],
  [
    "192.168.1.5:8080",
    "http://192.168.1.5:8080/ https://192.168.1.5:8080/",
    "http://192.168.1.5/ http://192.168.1.6:8080/",
  ],
  [
    "0x7f.1:11434",
    "http://127.0.0.1:11434/ http://[::ffff:127.0.0.1]:11434/",
    "http://127.0.0.1/ http://[::1]:11434/",
  ],
  ["[::1]:11434", "http://[::1]:11434/ http://[0:0::1]:11434/", "http://[::1]/ http://127.0.0.1:11434/"],
  ["[::1]", "http://[::1]:11434/ http://[::1]/", "http://127.0.0.1/"],
  ["::1", "http://[::1]:11434/ http://[::1]/", "http://127.0.0.1/"],
  ["http://[fd00::5]:80", "http://[fd00::5]/", "https://[fd00::5]/ http://[fd00::6]/"],
  ["fd00::/8", "http://[fd12::1]:8080/", "http://[fc00::1]/ http://10.0.0.1/ http://[fd00:ec2::254]/"],
  ["[fd00::]/8", "http://[fd12::1]/", "http://[fc00::1]/"],
  ["64:ff9b::/96", "http://[64:ff9b::10.0.0.1]/", "http://10.0.0.1/ http://[64:ff9b::169.254.169.254]/"],
  [
    "0.0.0.0/0",
    "http://10.0.0.1/ http://127.0.0.1/ http://8.8.8.8/",
    "http://[::1]/ http://169.254.169.254/ http://0/",
  ],
  ["169.254.0.0/16", "https://public.test/", "http://169.254.169.254/ https://metadata.test/"],
  ["metadata.test", "https://public.test/", "https://metadata.test/"],
  [" 10.0.0.1 ", "http://10.0.0.1/", "http://10.0.0.2/"],
];

describe("a rule", () => {
  test.each(RULES)("%s", async (rule, allowed, refused) => {
    for (const url of words(allowed)) expect([url, await isAllowed([rule], url)]).toEqual([url, true]);
    for (const url of words(refused)) expect([url, await isAllowed([rule], url)]).toEqual([url, false]);
  });

  test("may share a name's addresses with another", async () => {
    expect(await isAllowed(["10.0.0.0/8", "192.168.1.5"], "http://wide.test/")).toBe(true);
    expect(await isAllowed(["10.0.0.0/8", "192.168.1.6"], "http://wide.test/")).toBe(false);
  });

  test("keeps what was written", () => {
    expect(parseAllowRule(" HTTP://Inner.test ").text).toBe(" HTTP://Inner.test ");
  });
});

describe("what is no rule is refused with a reason", () => {
  test.each([
    ["", "names nothing"],
    ["   ", "names nothing"],
    ["*", "wildcards"],
    ["*.test", "wildcards"],
    ["a..test", "in full"],
    ["a b", "neither"],
    ["host:99999", "neither"],
    ["host:port", "neither"],
    ["host:0", "port 0"],
    ["http://host:0", "port 0"],
    ["host:", "neither"],
    ["[::1", "neither"],
    ["256.1.1.1", "neither"],
    ["user@host", "user or a password"],
    ["http://user:word@host", "user or a password"],
    ["ftp://host", "only http and https"],
    ["file:///etc", "only http and https"],
    ["http://host/v1", "neither"],
    ["http://host?a", "neither"],
    ["host#a", "neither"],
    ["host/v1", "such as 10.0.0.0/8"],
    ["host/8", "such as 10.0.0.0/8"],
    ["10.0.0.0/", "such as 10.0.0.0/8"],
    ["10.0.0.0/8/8", "such as 10.0.0.0/8"],
    ["10.0.0.0/-1", "such as 10.0.0.0/8"],
    ["10.0.0.0/255.0.0.0", "such as 10.0.0.0/8"],
    ["10/8", "such as 10.0.0.0/8"],
    ["10.0.0.0:80/8", "such as 10.0.0.0/8"],
    ["10.0.0.0/33", "at most 32 bits"],
    ["fd00::/129", "at most 128 bits"],
    ["::ffff:10.0.0.0/104", "IPv4 form"],
    ["fe80::1%eth0", "neither"],
  ])("%p", (text, why) => {
    expect(() => parseAllowRule(text)).toThrow(why);
    expect(() => parseAllowRule(text)).toThrow(`"${text}" cannot be allowed: `);
  });
});
