import { describe, expect, test } from "bun:test";
import { judge, type UpstreamPolicy } from "../../src/upstream/address-policy.ts";
import { parseAllowRule } from "../../src/upstream/allow-rules.ts";
import type { Resolver } from "../../src/upstream/dns-cache.ts";
import { isThisMachine, parseAddress } from "../../src/upstream/ip-address.ts";

const LOCAL: UpstreamPolicy = {
  exposed: false,
  allow: [],
  own: () => ({ port: 8001, addresses: [] }),
  proxied: false,
};

/** A resolver that gives these addresses to every name. */
function to(...addresses: string[]): Resolver {
  return async () => addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
}

/** A resolver that must not be asked. */
const unasked: Resolver = (hostname) => {
  throw new Error(`asked for ${hostname}`);
};

const failing: Resolver = () => Promise.reject(new Error("getaddrinfo EAI_AGAIN"));

describe("a name", () => {
  test("is looked up once, and what was judged is what is connected to", async () => {
    const answers = [["8.8.8.8"], ["169.254.169.254"]];
    const asked: string[] = [];
    const lying: Resolver = async (hostname) => {
      asked.push(hostname);
      return (answers.shift() ?? []).map((address) => ({ address, family: 4 }));
    };
    const destination = await judge(new URL("https://Rebound.test./v1"), LOCAL, lying);
    expect(destination.address).toBe("8.8.8.8");
    expect(asked).toEqual(["rebound.test."]);

    const again = judge(new URL("https://rebound.test./v1"), LOCAL, lying);
    await expect(again).rejects.toMatchObject({ failure: { type: "forbidden" } });
  });

  test("keeps all its addresses, in the resolver's order, in their plain form", async () => {
    const resolve = to("2606:4700::1111", "1.1.1.1", "::ffff:8.8.8.8");
    expect(await judge(new URL("https://many.test/"), LOCAL, resolve)).toEqual({
      url: new URL("https://many.test/"),
      address: "2606:4700::1111",
      family: 6,
      addresses: [
        { address: "2606:4700::1111", family: 6 },
        { address: "1.1.1.1", family: 4 },
        { address: "8.8.8.8", family: 4 },
      ],
    });
  });

  test.each([failing, to(), unasked])("that is not found is a network failure (%#)", async (resolve) => {
    await expect(judge(new URL("https://nobody.test/"), LOCAL, resolve)).rejects.toMatchObject({
      failure: { type: "network", message: "The name nobody.test does not resolve." },
    });
  });

  test.each(["localhost", "localhost.", "ollama.localhost", "a.b.localhost."])(
    "%s is loopback where the resolver does not know it",
    async (name) => {
      for (const resolve of [failing, to()]) {
        const { addresses } = await judge(new URL(`http://${name}:11434/`), LOCAL, resolve);
        expect(addresses.map(({ address }) => address)).toEqual(["127.0.0.1", "::1"]);
      }
    },
  );

  test("localhost follows the resolver where that knows it, and is judged like any name", async () => {
    const { addresses } = await judge(new URL("http://localhost/"), LOCAL, to("::1"));
    expect(addresses).toEqual([{ address: "::1", family: 6 }]);
    const rebound = judge(new URL("http://localhost/"), LOCAL, to("169.254.169.254"));
    await expect(rebound).rejects.toMatchObject({ failure: { type: "forbidden" } });
    const lookalike = judge(new URL("http://notlocalhost/"), LOCAL, failing);
    await expect(lookalike).rejects.toMatchObject({ failure: { type: "network" } });
  });

  test("is looked up by the system's resolver if no other is given", async () => {
    const { addresses } = await judge(new URL("http://localhost/"), LOCAL);
    for (const { address } of addresses) expect(["127.0.0.1", "::1"]).toContain(address);
    expect(addresses).not.toBeEmpty();
  });

  test("that is being looked up is left when the signal aborts", async () => {
    const leaving = new AbortController();
    const reason = new Error("the client left");
    const resolve: Resolver = () => {
      leaving.abort(reason);
      return new Promise(() => {});
    };
    await expect(judge(new URL("https://slow.test/"), LOCAL, resolve, leaving.signal)).rejects.toBe(reason);
    await expect(judge(new URL("http://localhost/"), LOCAL, failing, leaving.signal)).rejects.toBe(reason);
  });
});

describe("a refusal", () => {
  const refused = (url: string, policy: UpstreamPolicy, ...addresses: string[]) =>
    judge(new URL(url), policy, to(...addresses)).then(
      () => "",
      (error) => error.failure.message,
    );

  test("names the rule, and the setting where one helps", async () => {
    const exposed = { ...LOCAL, exposed: true };
    expect(await refused("http://169.254.169.254/latest", LOCAL)).toBe(
      "169.254.169.254 is a link-local address. No connection is ever made there, and --allow-upstream cannot change that.",
    );
    expect(await refused("http://127.0.0.1:11434/v1", exposed)).toBe(
      "127.0.0.1 is a loopback address, and this server is bound beyond loopback: it connects there only with --allow-upstream 127.0.0.1:11434.",
    );
    expect(await refused("http://api.test/v1", LOCAL, "8.8.8.8")).toBe(
      "The name api.test leads to a public address: plain http would carry the key there in the clear. Use https, or --allow-upstream api.test.",
    );
  });

  test("does not tell which address a name has", async () => {
    const message = await refused("https://inner.test/", { ...LOCAL, exposed: true }, "10.1.2.3");
    expect(message).toContain("a private address");
    expect(message).not.toContain("10.1");
  });

  test("names the rule that no setting changes, wherever it stands among the addresses", async () => {
    expect(await refused("http://api.test/", LOCAL, "8.8.8.8", "224.0.0.1")).toContain("a multicast address");
  });
});

describe("this server itself", () => {
  const own = ["127.0.0.1", "127.8.8.8", "[::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]"];
  test.each([...own, "localhost", "2130706433", "198.51.100.20", "[2606:4700::20]"])("%s", async (host) => {
    const addresses = ["198.51.100.20", "2606:4700:0::20"];
    const policy = { ...LOCAL, own: () => ({ port: 8001, addresses }), allow: [parseAllowRule(host)] };
    const message = expect.stringMatching(/(is|leads to) this server itself\. .* cannot change/);
    const here = judge(new URL(`http://${host}:8001/v1`), policy, to("127.0.0.1"));
    await expect(here).rejects.toMatchObject({ failure: { type: "forbidden", message } });
    expect(await judge(new URL(`http://${host}:8002/v1`), policy, to("127.0.0.1"))).toHaveProperty("address");
  });

  test("is found at the port that it has now, a scheme's own port too", async () => {
    let port = 0;
    const policy = { ...LOCAL, own: () => ({ port, addresses: [] }) };
    const url = new URL("http://127.0.0.1/");
    expect(await judge(url, policy)).toHaveProperty("address", "127.0.0.1");
    port = 80;
    await expect(judge(url, policy)).rejects.toMatchObject({ failure: { type: "forbidden" } });
    expect(await judge(new URL("https://127.0.0.1/"), policy)).toHaveProperty("address", "127.0.0.1");
  });

  test("has the addresses of the machine's interfaces", () => {
    const entry = { netmask: "", mac: "", internal: false, cidr: null };
    const interfaces = {
      eth0: [
        { ...entry, family: "IPv4" as const, address: "192.168.1.20" },
        { ...entry, family: "IPv6" as const, address: "2606:4700::20", scopeid: 0 },
      ],
    };
    const isOurs = (text: string) => {
      const address = parseAddress(text);
      return address !== undefined && isThisMachine(address, [], interfaces);
    };
    const ours = ["192.168.1.20", "::ffff:192.168.1.20", "2606:4700:0:0::20", "127.0.0.9", "::1"];
    expect(ours.map(isOurs)).toEqual(ours.map(() => true));
    expect(["192.168.1.21", "2606:4700::21", "8.8.8.8"].map(isOurs)).toEqual([false, false, false]);
  });
});

describe("through a proxy", () => {
  const proxied = { ...LOCAL, proxied: true };

  test("names are left to it", async () => {
    const url = new URL("http://inner.test:8080/v1");
    const destination = await judge(url, { ...proxied, exposed: true }, unasked);
    expect(destination).toEqual({ url, addresses: [] });
    expect(destination).toEqual({ url, addresses: [] });
  });

  test("literal addresses are judged as ever", async () => {
    for (const host of ["169.254.169.254", "[::ffff:a9fe:a9fe]", "2852039166", "127.0.0.1:8001", "8.8.8.8"]) {
      const refused = judge(new URL(`http://${host}/`), proxied, unasked);
      await expect(refused).rejects.toMatchObject({ failure: { type: "forbidden" } });
    }
    expect(await judge(new URL("https://8.8.8.8/"), proxied, unasked)).toHaveProperty("address", "8.8.8.8");
  });
});
