import { ChatError } from "../core/failure.ts";
import { asObject } from "../core/json.ts";
import { reachesEverything } from "../routing/client-models.ts";
import { readJson } from "./read-json.ts";
import type { Services } from "./services.ts";

/** The JSON of a request's body, once the client that sent it has been let in. @throws {ChatError} */
export async function readAdmitted(request: Request, services: Services): Promise<unknown> {
  const body = await readJson(request, services.limits);
  await admit(body, request, services);
  return body;
}

/**
 * Lets a client's request in, where the server tells its clients apart: within its limits, and without fields by which a
 * provider would ask another model than the one that was judged (docs/protocol.md 12).
 * @throws {ChatError}
 */
export async function admit(body: unknown, request: Request, services: Services): Promise<void> {
  const client = services.client(request);
  if (client === undefined) return;
  const field = reachesEverything(client) ? undefined : fieldWithModels(body);
  if (field !== undefined)
    throw new ChatError({
      type: "forbidden",
      message: `The client ${client.name} is bound to its \`models\`, and ${field} would name further ones.`,
      param: field,
    });
  await services.admit(request);
}

/** By these OpenRouter and other gateways ask further models, or others. */
const MODEL_FIELDS = ["models", "fallbacks", "fallback_models", "preset"];

/** The first field, as a path, that names a model beside the `model` of the request. */
function fieldWithModels(body: unknown): string | undefined {
  const fields = asObject(body) ?? {};
  const options = asObject(fields["provider_options"]) ?? {};
  const named = MODEL_FIELDS.find((name) => isThere(fields[name]));
  if (named !== undefined) return named;
  const option = ["model", ...MODEL_FIELDS].find((name) => isThere(options[name]));
  if (option !== undefined) return `provider_options.${option}`;
  // An adviser or a maker of images is another model, on the same bill.
  return toolWithModel(fields["tools"], "tools") ?? toolWithModel(options["tools"], "provider_options.tools");
}

function toolWithModel(tools: unknown, path: string): string | undefined {
  if (!Array.isArray(tools)) return undefined;
  const at = tools.findIndex((tool) => isThere(asObject(tool)?.["model"]));
  return at === -1 ? undefined : `${path}[${at}].model`;
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}
