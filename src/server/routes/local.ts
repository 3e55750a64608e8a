import type { Elysia } from "elysia";
import type { FoundServer } from "../../chat/local-servers.ts";

/** Looks for model servers on this machine; must not throw. */
export type FindLocal = () => Promise<readonly FoundServer[]>;

/** Whether whoever asks may ask for a model at an address; for an empty name, for any. */
export type Reaches = (request: Request, address: string, model: string) => boolean;

/** The built-in provider, under the name that is never looked up. It is loaded when it is asked for. */
async function demo() {
  const { MODELS } = await import("../../sandbox/models.ts");
  return { name: "Demo", api_base_url: "http://demo.invalid/v1", models: MODELS.map(({ id }) => id) };
}

/** What can be asked on this machine without a key. Behind the token, as all of `/v1` is. */
export function addLocalRoutes(app: Elysia, findLocal: FindLocal, reaches: Reaches): void {
  app.get("/v1/local", async ({ request }) => {
    const found = await findLocal();
    const servers = found.map(({ name, api_base_url, models }) => ({ name, api_base_url, models }));
    // The demo comes after whatever is real.
    const all = [...servers, await demo()].map(({ name, api_base_url, models }) => ({
      name,
      api_base_url,
      models: models.filter((model) => reaches(request, api_base_url, model)),
    }));
    return {
      servers: all.filter(
        ({ models, api_base_url }) => models.length > 0 || reaches(request, api_base_url, ""),
      ),
    };
  });
}
