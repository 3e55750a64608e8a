import { expect, test } from "bun:test";
import { takeProxies } from "../../src/config.ts";
import { proxyFor } from "../../src/upstream/proxy.ts";

const PLAIN = new URL("http://proxy.test:3128");
const SECURE = new URL("http://secure.test:3128");

function through(url: string, ...except: string[]): string | undefined {
  return proxyFor(new URL(url), { http: PLAIN, https: SECURE, except })?.host;
}

test("each scheme has its own proxy", () => {
  expect([through("http://a.test/"), through("https://a.test/")]).toEqual([
    "proxy.test:3128",
    "secure.test:3128",
  ]);
  expect(proxyFor(new URL("https://a.test/"), { http: PLAIN, https: undefined, except: [] })).toBeUndefined();
});

test.each([
  ["*", true],
  ["a.test", true],
  ["A.test", true],
  [".a.test", true],
  ["test", true],
  ["a.test:443", true],
  ["a.test:8443", false],
  ["b.test", false],
  ["xa.test", false],
  ["", false],
])("NO_PROXY %s", (rule, direct) => {
  expect(through("https://a.test/", rule) === undefined).toBe(direct);
});

test("the environment is read, and rid of what was read", () => {
  const env: Record<string, string | undefined> = {
    HTTP_PROXY: "http://upper.test:1",
    http_proxy: "lower.test:2",
    ALL_PROXY: "http://all.test:3",
    NO_PROXY: "localhost, 127.0.0.1",
    PATH: "/bin",
  };
  const { http, https, except } = takeProxies(env);
  expect([http?.host, https?.host, except]).toEqual([
    "lower.test:2",
    "all.test:3",
    ["localhost", "127.0.0.1"],
  ]);
  expect(env).toEqual({ PATH: "/bin" });
});

test("what is no address is refused", () => {
  expect(() => takeProxies({ HTTPS_PROXY: "socks5://proxy.test" })).toThrow("no http address");
});
