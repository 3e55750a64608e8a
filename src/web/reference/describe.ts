import type { TSchema } from "@sinclair/typebox";
import type { AnyElysia, DocumentDecoration } from "elysia";
import { ErrorAnswer } from "../../api/nash/answers.ts";
import { OPERATIONS } from "../../api/nash/documentation.ts";
import { nameSchemas } from "./name-schemas.ts";

/** What holds for all paths. Headings of the second level become sections of the reference. */
const DESCRIPTION = `One local address for every LLM. Programs that speak OpenAI's or Anthropic's protocol need no change but their base URL: the paths under OpenAI and Anthropic take what those take, for any provider. Each of these paths also stands under a provider's name, such as \`/groq/v1/chat/completions\`.

The paths under Chat are this server's own protocol: a conversation, a model's name, a key and a provider's address in one request, and the answer always in the same form. No conversation and no key is stored.

Every example works as it stands, against the demo inside this server and without a network. Under OpenAI and Anthropic the demo wants a key as those do, any word: *Try it* sends one.

## Keys, tokens and sessions

Three things are easily mistaken for one another:

- The **key** (\`api_key\`; in the dialects \`authorization: Bearer …\` or \`x-api-key\`) is the provider's. It comes with each request, or is the provider's own in the settings, goes to that provider's address and nowhere else, and is never stored or logged.
- The **token** is this server's own, and only where it was started with one (\`NASH_LLM_TOKEN\` or \`--token-file\`). Then every request but those for pages and health needs it, as \`x-nash-llm-token: …\`, or in the place of a key where the provider has one of its own.
- The **session** (\`session_id\`) is a name for a conversation, a UUID. The server makes one where none is sent, repeats it, and stores nothing under it: the whole conversation is sent each time.

## Addresses of providers

- An address without a path gets the provider's own (\`/v1\`, unless that provider differs). Then \`/chat/completions\`, \`/responses\` or \`/v1/messages\` is appended, as the protocol is: only what is missing, and a query stays.
- Which protocol is spoken: the field \`provider\` or the header \`x-nash-llm-protocol\`, else the exact host, else a model named \`claude…\` means Anthropic's, else OpenAI's.
- \`http\` and \`https\` only, without a user or password in the URL. Redirects are not followed.
- Never, whatever the settings: link-local and cloud-metadata addresses, multicast, the unspecified address, this server itself.
- Loopback and private networks: while the server is bound to loopback; beyond it only what \`--allow-upstream\` names. Plain \`http\` to a public address: only what \`--allow-upstream\` names.
- \`http://demo.invalid/v1\` is the demo inside this server. It takes any key, its model \`demo\` answers with scripted words, and its other models fail in every way a provider can: \`demo-429\`, \`demo-cut\`, \`demo-slow\` and so on; \`POST /v1/chat/models\` lists them.

## Who may ask

- \`Host\` must name this server: a loopback name or the address bound to, with its port, or what \`--allow-host\` adds. Else 421.
- \`Origin\`, where there is one: pages on loopback, pages of this server and desktop shells (\`app://\`, \`tauri://\`, \`vscode-webview://\`) may ask; \`--allow-origin\` adds others. Else 403, also for \`null\`.
- Answers to a page name exactly its origin, never with credentials. Pages may read \`x-session-id\`, \`x-request-id\`, \`x-answer-id\`, \`retry-after\` and the other headers that are told of here. Preflights need no token.
- A public https page that calls loopback makes Chrome (from 142 on) ask its user for permission. Pages of this server itself do not.
- \`POST\` takes \`content-type: application/json\` alone. In this server's own protocol a field that is not known is refused with its name and the nearest known one; \`null\` in an optional field means that it is absent.`;

const TAGS = [
  { name: "Chat", description: "Answers, summaries and counts." },
  {
    name: "OpenAI",
    description: "For programs that speak OpenAI's protocols, whatever the provider speaks.",
  },
  {
    name: "Anthropic",
    description: "For programs that speak Anthropic's protocol, whatever the provider speaks.",
  },
  { name: "Models", description: "What there is to ask." },
  { name: "Server", description: "How the server is. These paths need no token." },
  { name: "Pages", description: "For people and for their tools. These paths need no token." },
];

/** What the request guard may say before any path is looked at; under dialects in their own form. */
const GUARDED = {
  403: { description: "`forbidden`: a page that may not ask." },
  421: { description: "`forbidden`: the `Host` does not name this server." },
};
const DIALECTS = ["OpenAI", "Anthropic"];

function guarded(tags: readonly string[]): Record<string, object> {
  if (tags.some((tag) => DIALECTS.includes(tag))) return GUARDED;
  const content = { "application/json": { schema: { $ref: "#/components/schemas/Error" } } };
  return Object.fromEntries(Object.entries(GUARDED).map(([status, said]) => [status, { ...said, content }]));
}

function page(operationId: string, summary: string, type: string) {
  return {
    get: {
      operationId,
      tags: ["Pages"],
      security: [],
      summary,
      responses: { 200: { description: "The page.", content: { [type]: {} } }, ...guarded(["Pages"]) },
    },
  };
}

/** What `/openapi.json` says beside the paths that the routes themselves describe. */
function describeApi(version: string) {
  return {
    info: {
      title: "nash-llm",
      version,
      description: DESCRIPTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [
      {
        url: "http://{host}:{port}",
        description: "This server, where it listens by default.",
        variables: { host: { default: "127.0.0.1" }, port: { default: "8001" } },
      },
    ],
    tags: TAGS,
    security: [{}, { bearer: [] }, { header: [] }],
    paths: {
      "/": page("chatPage", "The chat page", "text/html"),
      "/docs": page("referencePage", "This reference", "text/html"),
      "/openapi.json": page("openApi", "The source of this reference, OpenAPI 3.1", "application/json"),
      "/llms.txt": page("llmsText", "This reference as Markdown, for machines", "text/plain"),
    },
    components: {
      schemas: { Error: ErrorAnswer },
      securitySchemes: {
        bearer: {
          type: "http" as const,
          scheme: "bearer",
          description: "The server's token, where it wants one.",
        },
        header: { type: "apiKey" as const, in: "header", name: "x-nash-llm-token" },
      },
    },
  };
}

/** The whole document, as `/openapi.json` answers it: every route that is not hidden, by its `detail` and its body's schema. */
export function documentOf(app: AnyElysia, version: string): unknown {
  const { components, paths, ...rest } = describeApi(version);
  const described: Record<string, Record<string, object>> = {};
  for (const { path, method, hooks } of app.routes) {
    const { body, detail } = hooks as { readonly body?: TSchema; readonly detail?: DocumentDecoration };
    const name = path.replace(/:(\w+)/g, "{$1}");
    // What stands under a provider's name is said once, in words.
    if (detail?.hide === true || name.startsWith("/{") || method === "HEAD" || method === "OPTIONS") continue;
    const parameters = [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => ({
      name: parameter,
      in: "path",
      required: true,
      schema: { type: "string" },
    }));
    const operation = {
      ...(parameters.length === 0 ? {} : { parameters }),
      ...(body === undefined
        ? {}
        : { requestBody: { required: true, content: { "application/json": { schema: body } } } }),
      ...detail,
      responses: { ...guarded(detail?.tags ?? []), ...detail?.responses },
    };
    described[name] = { ...described[name], [method.toLowerCase()]: operation };
  }
  for (const { path, method, operation } of OPERATIONS) {
    const route = described[path]?.[method];
    if (route === undefined) throw new Error(`${method} ${path} is described and does not exist`);
    Object.assign(route, operation);
  }
  const named = nameSchemas({ paths: { ...described, ...paths }, schemas: components.schemas });
  return {
    openapi: "3.1.2",
    ...rest,
    paths: named.paths,
    components: { ...components, schemas: named.schemas },
  };
}
