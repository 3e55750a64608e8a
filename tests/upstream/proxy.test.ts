import { describe, expect, test } from "bun:test";
import { ConfigError, takeProxies, variablesSet } from "../../src/config.ts";
import { proxyFor } from "../../src/upstream/proxy.ts";

const PLAIN = new URL("http://proxy.test:3128");
const SECURE = new URL("http://secure.test:3128");
/** A proxy on this machine, through which this machine may be looked at too. */
const HERE = new URL("http://127.0.0.1:3128");

const reaches = (url: string, rules: string, proxy = HERE): string => {
  const { except } = takeProxies(true, { NO_PROXY: rules }) ?? { except: [] };
  return proxyFor(new URL(url), { http: proxy, https: proxy, except }) === undefined ? "directly" : "proxied";
};

test("each scheme has its own proxy", () => {
  const proxies = { http: PLAIN, https: SECURE, except: [] };
  expect(proxyFor(new URL("http://a.test/"), proxies)).toBe(PLAIN);
  expect(proxyFor(new URL("https://a.test/"), proxies)).toBe(SECURE);
  expect(proxyFor(new URL("https://a.test/"), { ...proxies, https: undefined })).toBeUndefined();
});

/** The rules, an address that they except, and one that they do not. */
const RULES: readonly (readonly [rules: string, excepted: string, other: string | undefined])[] = [
  ["*", "https://a.test", undefined],
  ["a.test", "https://a.test", "https://b.test"],
  ["a.test", "https://sub.a.test", "https://xa.test"],
  ["A.Test", "https://a.test", "https://a.test.evil.example"],
  [".a.test", "https://a.test", "https://xa.test"],
  [".a.test", "https://sub.a.test", "https://b.test"],
  ["..a.test", "https://a.test", "https://b.test"],
  ["*.a.test", "https://sub.a.test", "https://xa.test"],
  ["a.test.", "https://a.test", "https://b.test"],
  ["a.test", "https://a.test.", "https://b.test."],
  ["test", "https://a.test", "https://a.example"],
  ["a.test:443", "https://a.test", "https://a.test:8443"],
  ["a.test:8443", "https://a.test:8443", "https://a.test"],
  [".a.test:80", "http://sub.a.test", "https://sub.a.test"],
  ["one.test,a.test", "https://a.test", "https://b.test"],
  ["one.test a.test", "https://a.test", "https://b.test"],
  [" one.test , a.test ", "https://one.test", "https://b.test"],
  ["one.test\ta.test", "https://a.test", "https://b.test"],
  [",,a.test,,", "https://a.test", "https://b.test"],
  ["localhost", "http://localhost:11434", "http://127.0.0.1:11434"],
  ["localhost 127.0.0.1", "http://127.0.0.1:11434", "http://127.0.0.2:11434"],
  ["127.0.0.1:11434", "http://127.0.0.1:11434", "http://127.0.0.1:11435"],
  ["127.0.0.0/8", "http://127.9.9.9", "http://128.0.0.1"],
  ["127.0.0.1/8", "http://127.9.9.9", "http://128.0.0.1"],
  ["10.0.0.0/8,192.168.0.0/16", "http://192.168.7.7", "http://192.169.0.1"],
  ["10.1.2.3/32", "http://10.1.2.3", "http://10.1.2.4"],
  ["0.0.0.0/0", "http://10.1.2.3", "http://[fd00::1]"],
  ["127.*", "http://127.0.0.1", "http://12.7.0.1"],
  ["192.168.*", "http://192.168.1.1", "http://192.169.1.1"],
  ["::1", "http://[::1]:8080", "http://[::2]:8080"],
  ["[::1]", "http://[::1]:8080", "http://[::2]:8080"],
  ["[::1]:8080", "http://[::1]:8080", "http://[::1]:8081"],
  ["0:0:0:0:0:0:0:1", "http://[::1]", "http://[::2]"],
  ["FD00::/8", "http://[fd12::1]", "http://[fe00::1]"],
  ["[fd00::]/8", "http://[fd12::1]", "http://[fe00::1]"],
  ["::ffff:127.0.0.1", "http://127.0.0.1", "http://127.0.0.2"],
  ["localhost,127.0.0.1,::1", "http://[::1]:8080/v1", "http://[::2]:8080/v1"],
];

describe("exceptions", () => {
  test.each(RULES)("NO_PROXY=%j: %s, not %s", (rules, excepted, other) => {
    expect(reaches(excepted, rules)).toBe("directly");
    if (other !== undefined) expect(reaches(other, rules)).toBe("proxied");
  });

  test.each([
    "",
    ",",
    ".",
    ":443",
    "/8",
    "a.test/8",
    "10.0.0.0/33",
    "10.0.0.0/x",
    "10.0.0.0/",
    "0.0.1",
    ".1",
    "a.tes",
    "http://a.test",
  ])("NO_PROXY=%j excepts nothing", (rules) => {
    for (const url of ["https://a.test/", "http://10.0.0.1/", "http://127.0.0.1/"]) {
      expect(reaches(url, rules)).toBe("proxied");
    }
  });
});

describe("what is on this machine", () => {
  const LOCAL = ["http://127.0.0.1:11434", "http://localhost:1234", "http://[::1]", "https://app.localhost"];

  test.each(LOCAL)("%s never goes to a proxy elsewhere", (url) => {
    expect(reaches(url, "", PLAIN)).toBe("directly");
    expect(reaches(url, "other.test", PLAIN)).toBe("directly");
  });

  test.each(LOCAL)("%s goes to a proxy here, unless excepted", (url) => {
    expect(reaches(url, "")).toBe("proxied");
    expect(reaches(url, "localhost,127.0.0.1,::1")).toBe("directly");
  });
});

describe("the environment", () => {
  test("is read, and rid of all that the runtime would obey", () => {
    const env: Record<string, string | undefined> = {
      HTTP_PROXY: "http://upper.test:1",
      http_proxy: "lower.test:2",
      ALL_PROXY: "http://all.test:3",
      all_proxy: "",
      NO_PROXY: "localhost, 127.0.0.1",
      BUN_CONFIG_VERBOSE_FETCH: "curl",
      PATH: "/bin",
    };
    const read = () => {
      const { http, https, except } = takeProxies(true, env) ?? {};
      return [http?.host, https?.host, except];
    };
    const expected = ["lower.test:2", "all.test:3", ["localhost", "127.0.0.1"]];
    expect(read()).toEqual(expected);
    expect(env).toEqual({ PATH: "/bin" });
    // Whoever asks again is told the same, and what there was can still be named.
    expect(read()).toEqual(expected);
    expect(variablesSet(["HTTP_PROXY", "no_proxy", "NO_PROXY"], env)).toEqual(["HTTP_PROXY", "NO_PROXY"]);
  });

  test("is rid of them where no proxy is wanted too, and then nothing in them is wrong", () => {
    const env = { HTTPS_PROXY: "socks5://proxy.test", http_proxy: "http://lower.test", NO_PROXY: "*" };
    expect(takeProxies(false, env)).toBeUndefined();
    expect(env as object).toEqual({});
  });
});

describe("users and passwords", () => {
  /** What is sent: `proxy-authorization`, by whoever decodes the URL. */
  const sent = (userinfo: string) => {
    const { username, password } =
      takeProxies(true, { HTTP_PROXY: `http://${userinfo}@proxy.test` })?.http ?? {};
    return `${decodeURIComponent(username ?? "")}:${decodeURIComponent(password ?? "")}`;
  };

  test.each([
    ["user:secret", "user:secret"],
    ["user:a6%qg", "user:a6%qg"],
    ["user:100%", "user:100%"],
    ["user:%", "user:%"],
    ["user:%2", "user:%2"],
    ["user:a%25b", "user:a%b"],
    ["user:a%20b%23%2F", "user:a b#/"],
    ["user:p@ss", "user:p@ss"],
    ["us%40er:p:a:ss", "us@er:p:a:ss"],
    ["user:schl%C3%BCssel", "user:schlüssel"],
    ["user", "user:"],
  ])("%s", (userinfo, expected) => {
    expect(sent(userinfo)).toBe(expected);
  });
});

describe("refused at the start, in words that name the variable and no secret", () => {
  test.each([
    ["HTTPS_PROXY", "socks5://user:secret@proxy.test", "HTTPS_PROXY holds no http address"],
    ["https_proxy", "http://", "https_proxy holds no http address"],
    ["HTTP_PROXY", "http://user:se/cret@proxy.test", "HTTP_PROXY holds"],
    ["HTTP_PROXY", "http://user:1#secret@proxy.test", "HTTP_PROXY holds more than"],
    ["HTTP_PROXY", "http://proxy.test/secret", "HTTP_PROXY holds more than"],
    ["ALL_PROXY", "http://user:secret%ff@proxy.test", "ALL_PROXY holds a user or password whose %"],
  ])("%s=%s", (name, value, words) => {
    const take = () => takeProxies(true, { [name]: value });
    expect(take).toThrow(ConfigError);
    expect(take).toThrow(words);
    expect(take).not.toThrow("secret");
  });
});
