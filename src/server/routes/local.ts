import { type DocumentDecoration, Elysia } from "elysia";
import { errorResponses } from "../../api/nash/documentation.ts";
import { MODELS } from "../../sandbox/models.ts";
import type { FoundServer } from "../../upstream/local-servers.ts";

/** Looks for model servers on this machine; must not throw. */
export type FindLocal = () => Promise<readonly FoundServer[]>;

/** The built-in provider, under the name that is never looked up. It comes after whatever is real. */
const DEMO = {
  name: "Demo",
  api_base_url: "http://demo.invalid/v1",
  models: MODELS.map(({ id }) => id),
};

const LOCAL_DETAIL: DocumentDecoration = {
  operationId: "local",
  tags: ["Models"],
  summary: "Model servers on this machine, and the demo",
  description:
    "Ollama, LM Studio, llama.cpp and their kin, found by looking on loopback for a moment and without a key. `api_base_url` and the names in `models` are what the other paths take.",
  responses: {
    200: {
      description: "What was found, the demo last.",
      content: {
        "application/json": {
          example: {
            servers: [
              { name: "Ollama", api_base_url: "http://127.0.0.1:11434/v1", models: ["llama3.2"] },
              { name: "Demo", api_base_url: "http://demo.invalid/v1", models: ["demo"] },
            ],
          },
        },
      },
    },
    ...errorResponses([401, 403, 405, 421, 500]),
  },
};

/** What can be asked on this machine without a key. Behind the token, as all of `/v1` is. */
export function localRoutes(findLocal: FindLocal) {
  return new Elysia({ name: "local" }).get(
    "/v1/local",
    async () => {
      const found = await findLocal();
      const servers = found.map(({ name, api_base_url, models }) => ({ name, api_base_url, models }));
      return { servers: [...servers, DEMO] };
    },
    { detail: LOCAL_DETAIL },
  );
}
