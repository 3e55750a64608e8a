import { MODELS } from "../../sandbox/models.ts";
import type { Stage } from "./stage.ts";

/** One request that is meant to go wrong in some way. */
export interface Attempt {
  readonly name: string;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or the text of a body that is none. */
  readonly body?: Readonly<Record<string, unknown>> | string;
  /** The client leaves after so many milliseconds. */
  readonly leavesAfter?: number;
  /** The body begins and does not end. */
  readonly stalls?: true;
}

const CHAT = "/v1/chat/completions/stream";
const SUMMARIZE = "/v1/chat/summarize";
const MODELS_PATH = "/v1/chat/models";

/** Every way to fail that we know of, with the key wherever a person might put it. */
export function attemptsOn(stage: Stage): readonly Attempt[] {
  return [
    ...everyModel(stage),
    ...misplacedKeys(stage),
    ...brokenBodies(stage),
    ...refusedAtTheDoor(stage),
    ...elsewhere(stage),
    ...PAGES.map((path) => ({ name: `the page ${path}`, path, method: "GET" })),
  ];
}

const PAGES = ["/", "/docs", "/openapi.json", "/llms.txt", "/health", "/ready", "/v1/local"];

/** An answer that says one word and then nothing, until a timeout. */
export function silentAnswer(stage: Stage, name: string): Attempt {
  return { name, path: CHAT, body: chatBody(stage, "demo-silent") };
}

/** A request that should go well. */
export function plainRequest(stage: Stage, name: string): Attempt {
  return { name, path: CHAT, body: chatBody(stage, "demo") };
}

function chatBody({ sandbox, key }: Stage, model: string): Record<string, unknown> {
  const messages = [
    { role: "user", content: "What is the capital of France?" },
    { role: "assistant", content: "Paris." },
    { role: "user", content: "And of Italy?" },
  ];
  return { messages, model, api_key: key.value, api_base_url: sandbox };
}

/** All models of the sandbox in both protocols: for a chat, a summary, and a summary that is watched; some are left. */
function everyModel(stage: Stage): Attempt[] {
  return MODELS.flatMap(({ id }) =>
    ["openai", "anthropic"].flatMap((provider) => {
      const body = { ...chatBody(stage, id), provider };
      const name = `${id}, ${provider}`;
      const options = { include_usage: true, include_reasoning: true };
      return [
        { name: `${name}: chat`, path: CHAT, body: { ...body, stream_options: options } },
        { name: `${name}: summary`, path: SUMMARIZE, body },
        {
          name: `${name}: summary, watched`,
          path: SUMMARIZE,
          body,
          headers: { accept: "text/event-stream" },
        },
        { name: `${name}: left`, path: CHAT, body, leavesAfter: 20 },
      ];
    }),
  );
}

function misplacedKeys(stage: Stage): Attempt[] {
  const { key, sandbox } = stage;
  const body = chatBody(stage, "demo");
  const at = (where: string, more: Record<string, unknown>) => [
    { name: `the key as ${where}: chat`, path: CHAT, body: { ...body, ...more } },
    { name: `the key as ${where}: summary`, path: SUMMARIZE, body: { ...body, ...more } },
  ];
  const userInfo = sandbox.replace("://", `://user:${key.value}@`);
  return [
    ...at("the model", { model: key.value }),
    ...at("the session", { session_id: key.value }),
    ...at("the provider", { provider: key.value }),
    ...at("a field's name", { [key.value]: 1 }),
    ...at("a field's value", { api_keys: key.value }),
    ...at("a role", { messages: [{ role: key.value, content: "x" }] }),
    ...at("a message", { messages: key.value }),
    ...at("a number", { temperature: key.value }),
    ...at("an option of the provider", { provider_options: { [key.value]: key.value } }),
    ...at("the address", { api_base_url: key.value }),
    ...at("a password in the address", { api_base_url: userInfo }),
    ...at("a host", { api_base_url: `https://${key.value}.invalid/v1` }),
    ...at("a path of the provider", { api_base_url: `${sandbox}/${key.value}`, model: "demo-404" }),
    ...at("a query of the provider", { api_base_url: `${sandbox}?key=${key.value}`, model: "demo-401" }),
    ...at("a key that cannot be sent", { api_key: `${key.value}\r\n` }),
    ...at("a list", { api_key: [key.value] }),
    { name: "the key in a path", path: `/v1/${key.value}`, method: "GET" },
    { name: "the key in a query", path: `${MODELS_PATH}?api_key=${key.value}`, method: "GET" },
    { name: "the key in another header", path: CHAT, headers: { "x-api-key": key.value } },
    { name: "the key to count tokens with", path: "/v1/chat/tokens", body },
  ];
}

function brokenBodies(stage: Stage): Attempt[] {
  const { key } = stage;
  const text = JSON.stringify(chatBody(stage, "demo"));
  return [
    { name: "the key in broken JSON", path: CHAT, body: text.slice(0, -1) },
    { name: "the key behind the JSON", path: CHAT, body: `${text}${key.value}` },
    { name: "the key in place of JSON", path: CHAT, body: key.value },
    { name: "the key in deep JSON", path: CHAT, body: `${"[".repeat(100)}"${key.value}"` },
    { name: "the key in too much JSON", path: CHAT, body: `${text}${" ".repeat(1_000_000)}` },
    { name: "the key in JSON that never ends", path: CHAT, body: text.slice(0, -1), stalls: true },
    {
      name: "the key in another content type",
      path: CHAT,
      body: text,
      headers: { "content-type": "text/plain" },
    },
  ];
}

function refusedAtTheDoor(stage: Stage): Attempt[] {
  const { token, key } = stage;
  const body = chatBody(stage, "demo");
  const with_ = (name: string, headers: Record<string, string>): Attempt => ({
    name,
    path: CHAT,
    body,
    headers,
  });
  return [
    with_("no token", { "x-nash-llm-token": "" }),
    with_("another token", { "x-nash-llm-token": key.value }),
    with_("a token too long", { "x-nash-llm-token": `${token.value}x` }),
    with_("the token as a bearer of another kind", {
      "x-nash-llm-token": "",
      authorization: `Basic ${token.value}`,
    }),
    with_("a page of another site", { origin: "https://evil.example" }),
    with_("a Host that is another's", { host: "evil.example" }),
  ];
}

/** Places where nobody is, where nobody may go, and names that look like Helicone's, whose key is for no one else. */
function elsewhere(stage: Stage): Attempt[] {
  const body = chatBody(stage, "demo");
  const port = new URL(stage.sandbox).port;
  const places = [
    "http://127.0.0.1:1/v1",
    `https://127.0.0.1:${port}/v1`,
    "https://nobody.has.this.name.invalid/v1",
    "http://169.254.169.254/v1",
    "http://8.8.8.8/v1",
    `${stage.server}/v1`,
    "ftp://127.0.0.1/v1",
    `http://oai.helicone.ai.localhost:${port}/v1`,
    `http://anthropic.helicone.ai.localhost:${port}/v1`,
  ];
  return places.flatMap((place) => [
    { name: `at ${place}: chat`, path: CHAT, body: { ...body, api_base_url: place } },
    { name: `at ${place}: summary`, path: SUMMARIZE, body: { ...body, api_base_url: place } },
    {
      name: `at ${place}: models`,
      path: MODELS_PATH,
      body: { api_key: stage.key.value, api_base_url: place },
    },
  ]);
}
