import type { Reply } from "./reply.ts";
import type { Outgoing } from "./transport.ts";

/**
 * Sends one request through a proxy, which `fetch` knows how to do. The proxy resolves the name and connects.
 * @throws what `fetch` throws
 */
export async function exchangeThrough(proxy: URL, url: URL, outgoing: Outgoing): Promise<Reply> {
  const response = await fetch(url, {
    method: outgoing.method,
    headers: outgoing.headers,
    ...(outgoing.body === undefined ? {} : { body: outgoing.body }),
    proxy: proxy.href,
    redirect: "manual",
    decompress: false,
    timeout: false,
    signal: outgoing.signal,
  });
  const reader = response.body?.getReader();
  return {
    status: response.status,
    headers: response.headers,
    body: { read: async () => (await reader?.read())?.value },
  };
}
