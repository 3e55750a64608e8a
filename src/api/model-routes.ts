import type { DocumentDecoration, Elysia } from "elysia";
import { listModels } from "../chat/models.ts";
import { ChatError } from "../core/failure.ts";
import { modelsListed } from "../routing/models.ts";
import type { Target } from "../routing/target.ts";
import { type ListedModel, modelEntry, modelList } from "./model-list.ts";
import type { Services } from "./services.ts";
import { sessionOf } from "./session-header.ts";
import { mayAsk, prefixedPaths, targetOf } from "./targets.ts";

const LIST_DETAIL: DocumentDecoration = {
  operationId: "listModels",
  tags: ["OpenAI", "Anthropic"],
  summary: "The models that can be asked for",
  description:
    "The routes and models of the settings, then those that the provider lists whom the path, a header or the default names. One body for the SDKs of both vendors.",
  responses: {
    200: {
      description: "The list.",
      content: {
        "application/json": {
          example: modelList([{ id: "demo", owner: "demo", contextWindow: 128_000, created: 1_700_000_000 }]),
        },
      },
    },
    400: { description: "Nothing says whose models are meant, and the settings have none." },
    401: { description: "The key, or this server's token, is missing or refused." },
    502: { description: "The provider failed." },
  },
};

/** `GET /v1/models` and `/v1/models/{id}`, for clients of OpenAI and of Anthropic alike. */
export function addModelRoutes(app: Elysia, services: Services): void {
  for (const path of prefixedPaths("/v1/models")) {
    app.get(path, async ({ request }) => modelList(await modelsFor(request, services)), {
      detail: path.startsWith("/:") ? { hide: true } : LIST_DETAIL,
    });
    // Ids of models have slashes of their own.
    app.get(
      `${path}/*`,
      async ({ request, params }) => {
        const id = decodeURIComponent(params["*"]);
        const model = (await modelsFor(request, services)).find((listed) => listed.id === id);
        if (model === undefined)
          throw new ChatError({ type: "not_found", message: `There is no model ${id.slice(0, 200)} here.` });
        return modelEntry(model);
      },
      { detail: { hide: true } },
    );
  }
}

/** Those that the client may ask for. @throws {ChatError} */
async function modelsFor(request: Request, services: Services): Promise<ListedModel[]> {
  await services.admit(request);
  const listed = await listedFor(request, services);
  return listed.filter(({ id }) => mayAsk(id, undefined, request, services));
}

async function listedFor(request: Request, services: Services): Promise<ListedModel[]> {
  const { prefix } = services.traceOf(request);
  const own = prefix === undefined ? modelsListed(services.routing()) : [];
  const settled = own.map(({ id, provider }) => ({ id, owner: provider }));
  const target = namedTarget(request, services, settled.length > 0);
  if (target === undefined) return settled;
  const slot = services.acquireSlot(request.signal);
  try {
    services.traceOf(request).provider = target.provider.name;
    const session = sessionOf(request, services);
    const listed = await listModels({ target, session }, services.upstream, slot.signal);
    const known = new Set(settled.map(({ id }) => id));
    const more = listed.flatMap(({ id, contextWindow, created }) =>
      known.has(id)
        ? []
        : {
            id,
            owner: target.provider.name,
            ...(contextWindow === undefined ? {} : { contextWindow }),
            ...(created === undefined ? {} : { created }),
          },
    );
    return [...settled, ...more];
  } finally {
    slot.release();
  }
}

/** Nobody is named, or one that the client may not ask: its own list is an answer all the same. */
function mayDoWithout({ failure }: ChatError): boolean {
  return failure.status === 400 || failure.type === "forbidden";
}

/** Whose list is wanted. Where the settings have models of their own nobody need be named. @throws {ChatError} */
function namedTarget(request: Request, services: Services, hasOwn: boolean): Target | undefined {
  const dialect = request.headers.has("anthropic-version") ? "anthropic" : "openai-chat";
  try {
    return targetOf({ dialect, model: "" }, request, services);
  } catch (error) {
    if (hasOwn && error instanceof ChatError && mayDoWithout(error)) return undefined;
    throw error;
  }
}
