import { type Client, createClient, NashError } from "../../client/index.ts";
import { asObject, asText, objectsIn } from "../../core/json.ts";
import type { Secrets } from "./secrets.ts";

/**
 * Asks the user for the server's token; undefined where there is none to be had.
 * @param wasWrong the last one that was given was refused
 */
export type AskForToken = (wasWrong: boolean) => Promise<string | undefined>;

/** The name of the token among the secrets. */
const TOKEN = "token";

/** This page's own server, with its token where it wants one. */
export class Server {
  readonly address: string = location.origin;
  readonly #askForToken: AskForToken;
  #asking: Promise<string | undefined> | undefined;
  readonly #secrets: Secrets;
  #client: Client;

  constructor(askForToken: AskForToken, secrets: Secrets) {
    this.#askForToken = askForToken;
    this.#secrets = secrets;
    this.#client = createClient({ baseUrl: this.address, token: secrets.get(TOKEN) });
  }

  get wantsToken(): boolean {
    return this.#secrets.get(TOKEN) !== undefined;
  }

  /** The models that the server's own routes offer; none where it does not tell. */
  async routes(signal: AbortSignal): Promise<readonly string[]> {
    const token = this.#secrets.get(TOKEN);
    const headers = token === undefined ? {} : { "x-nash-llm-token": token };
    const response = await fetch("/v1/models", { headers, signal });
    if (!response.ok) return [];
    const list = asObject(await response.json());
    return objectsIn(list?.["data"]).flatMap(({ id }) => asText(id) ?? []);
  }

  /**
   * Calls the server, and once more with its token when it asks for that.
   * @throws what the call throws
   */
  async call<T>(ask: (client: Client) => Promise<T>): Promise<T> {
    const tried = this.#client;
    try {
      return await ask(tried);
    } catch (error) {
      if (!(error instanceof NashError) || error.type !== "unauthorized") throw error;
      // Another call may have brought the token meanwhile.
      if (this.#client === tried && !(await this.#askOnce())) throw error;
      return await this.call(ask);
    }
  }

  /** Several calls that fail together ask the user once. */
  async #askOnce(): Promise<boolean> {
    this.#asking ??= this.#askForToken(this.wantsToken);
    const token = await this.#asking;
    this.#asking = undefined;
    if (token === undefined) return false;
    this.#secrets.set(TOKEN, token);
    this.#client = createClient({ baseUrl: this.address, token });
    return true;
  }
}
