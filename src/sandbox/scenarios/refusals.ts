import { ERRORS, leakingKey, overflow } from "../error-catalog.ts";
import type { ErrorByProtocol } from "../provider-error.ts";
import type { Scenario } from "../scenario.ts";
import { end, say } from "../script.ts";

function always(id: string, about: string, error: ErrorByProtocol): Scenario {
  return { id, about, refuse: () => error };
}

/** Refuses every other request of a key. */
function atFirst(id: string, about: string, error: ErrorByProtocol, withinSeconds: number): Scenario {
  return {
    id,
    about,
    refuse: (context) => (context.firstOfTwo(withinSeconds) ? error : undefined),
    *script() {
      yield* say("[demo] It works the second time. This is a script, not a language model.");
      yield end();
    },
  };
}

const HTML = "<!doctype html><title>Sign in</title><h1>Welcome to the hotel's network</h1>";

/** Models that answer with an error before any stream, or with something that is no answer at all. */
export const refusals: readonly Scenario[] = [
  always("demo-400", "400, a bad request", ERRORS.badRequest),
  always("demo-401", "401, a bad key", ERRORS.unauthorized),
  always("demo-402", "402, no credit", ERRORS.billing),
  always("demo-403", "403, not allowed", ERRORS.forbidden),
  always("demo-404", "404, no such model", ERRORS.notFound),
  always("demo-408", "408, took too long", ERRORS.timeout),
  always("demo-413", "413, too large; an HTML page in OpenAI's protocol", ERRORS.tooLarge),
  always("demo-429", "429, retry-after 7", ERRORS.rateLimit),
  atFirst(
    "demo-429-soon",
    "429, retry-after 1; the next request within 10 s works",
    ERRORS.rateLimitSoon,
    10,
  ),
  always("demo-quota", "429, the account's quota is used up", ERRORS.quota),
  always("demo-credit", "no credit left: 429 in OpenAI's protocol, 400 in Anthropic's", ERRORS.credit),
  always("demo-500", "500", ERRORS.server),
  always("demo-502", "502, an HTML page", ERRORS.gateway),
  always("demo-503", "503, retry-after 2", ERRORS.unavailable),
  always("demo-529", "529, overloaded", ERRORS.overloaded),
  atFirst("demo-flaky", "500, and every second request works", ERRORS.server, Number.POSITIVE_INFINITY),
  always("demo-overflow", "400, the prompt is longer than the window", overflow(250_000, 200_000)),
  {
    id: "demo-echo-key",
    about: "400 with a message that holds the key, HTML and more than 2 KiB",
    refuse: ({ key }) => leakingKey(key),
  },
  {
    id: "demo-redirect",
    about: "307 to another path of this server",
    respond: (path) => redirect(`/elsewhere${path}`),
  },
  {
    id: "demo-redirect-away",
    about: "307 to another host",
    respond: () => redirect("https://example.invalid/"),
  },
  {
    id: "demo-html",
    about: "200 with an HTML page",
    respond: () => new Response(HTML, { headers: { "content-type": "text/html; charset=utf-8" } }),
  },
  { id: "demo-hang", about: "nothing at all, for ever", hang: true },
];

function redirect(location: string): Response {
  return new Response(null, { status: 307, headers: { location } });
}
