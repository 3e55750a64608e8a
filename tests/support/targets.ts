/** Where requests go in tests of single modules, and what the server brings to them. */

import type { UpstreamOptions } from "../../src/chat/ask.ts";
import { Secret } from "../../src/core/secret.ts";
import type { ProtocolName } from "../../src/core/translation.ts";
import { resolveProvider, withPath } from "../../src/providers/index.ts";
import type { Target } from "../../src/routing/target.ts";
import { createProviderFetch } from "../../src/upstream/provider-fetch.ts";
import { DEFAULT_TIMEOUTS } from "../../src/upstream/timeouts.ts";

/** A caller's own target. */
export function targetAt(address: string, model: string, protocol?: ProtocolName, key = "k"): Target {
  const base = new URL(address);
  const provider = resolveProvider(base, model, protocol);
  const baseUrl = withPath(base, provider);
  return { provider, baseUrl, model, apiKey: new Secret(key), ownKey: false, askedModel: model };
}

/** Options under which every request goes to one port of loopback, whatever its address. */
export function upstreamTo(host: string, given: Partial<UpstreamOptions> = {}): UpstreamOptions {
  const loopback = { address: "127.0.0.1", family: 4 } as const;
  const fetch = createProviderFetch({
    connectTimeout: DEFAULT_TIMEOUTS.connect,
    locate(url) {
      const there = new URL(url);
      there.host = host;
      return Promise.resolve({ url: there, ...loopback, addresses: [loopback] });
    },
  });
  return {
    fetch,
    timeouts: DEFAULT_TIMEOUTS,
    limits: { maxLine: 1_000_000, maxAnswer: 1_000_000 },
    retries: 0,
    heliconeKey: undefined,
    userAgent: "test",
    ...given,
  };
}
