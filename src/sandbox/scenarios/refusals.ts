import { ERRORS, leakingKey, overflow } from "../error-catalog.ts";
import type { ErrorByProtocol } from "../provider-error.ts";
import { alwaysRefuses, type Scenario } from "../scenario.ts";
import { end, say } from "../script.ts";
import { call, firstTool } from "../tool-use.ts";

/** Refuses every other request of a key. */
function atFirst(id: string, about: string, error: ErrorByProtocol, withinSeconds: number): Scenario {
  return {
    id,
    about,
    fails: true,
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
  alwaysRefuses("demo-400", "400, a bad request", ERRORS.badRequest),
  alwaysRefuses("demo-401", "401, a bad key", ERRORS.unauthorized),
  alwaysRefuses("demo-402", "402, no credit", ERRORS.billing),
  alwaysRefuses("demo-403", "403, not allowed", ERRORS.forbidden),
  alwaysRefuses("demo-404", "404, no such model", ERRORS.notFound),
  alwaysRefuses("demo-408", "408, took too long", ERRORS.timeout),
  alwaysRefuses("demo-413", "413, too large; an HTML page in OpenAI's protocol", ERRORS.tooLarge),
  alwaysRefuses("demo-429", "429, retry-after 7", ERRORS.rateLimit),
  atFirst(
    "demo-429-soon",
    "429, retry-after 1; the next request within 10 s works",
    ERRORS.rateLimitSoon,
    10,
  ),
  alwaysRefuses("demo-quota", "429, the account's quota is used up", ERRORS.quota),
  alwaysRefuses("demo-credit", "no credit left: 429 in OpenAI's protocol, 400 in Anthropic's", ERRORS.credit),
  alwaysRefuses("demo-500", "500", ERRORS.server),
  alwaysRefuses("demo-502", "502, an HTML page", ERRORS.gateway),
  alwaysRefuses("demo-503", "503, retry-after 2", ERRORS.unavailable),
  alwaysRefuses("demo-529", "529, overloaded", ERRORS.overloaded),
  atFirst("demo-flaky", "500, and every second request works", ERRORS.server, Number.POSITIVE_INFINITY),
  alwaysRefuses("demo-overflow", "400, the prompt is longer than the window", overflow(250_000, 200_000)),
  {
    id: "demo-responses-only",
    about: "400 for function tools in OpenAI's chat completions; takes them with Responses",
    *script(context) {
      if (!context.afterTool && context.tools.length > 0) {
        yield* call(firstTool(context), context.text);
        return yield end("tool_calls");
      }
      yield* say("[demo] A script that takes tools with Responses alone.");
      yield end();
    },
  },
  {
    id: "demo-echo-key",
    about: "400 with a message that holds the key, HTML and more than 2 KiB",
    fails: true,
    refuse: ({ key }) => leakingKey(key),
  },
  {
    id: "demo-redirect",
    about: "307 to another path of this server",
    fails: true,
    respond: (path) => redirect(`/elsewhere${path}`),
  },
  {
    id: "demo-redirect-away",
    about: "307 to another host",
    fails: true,
    respond: () => redirect("https://example.invalid/"),
  },
  {
    id: "demo-html",
    about: "200 with an HTML page",
    fails: true,
    respond: () => new Response(HTML, { headers: { "content-type": "text/html; charset=utf-8" } }),
  },
  { id: "demo-hang", about: "nothing at all, for ever", fails: true, hang: true },
];

function redirect(location: string): Response {
  return new Response(null, { status: 307, headers: { location } });
}
