import { type Client, createClient, NashError } from "../../client/index.ts";

/** This page's own server, with its token where it wants one. The token lives in memory alone. */
export class Server {
  readonly address: string = location.origin;
  readonly #askForToken: () => Promise<string | undefined>;
  #token: string | undefined;
  #asking: Promise<string | undefined> | undefined;
  #client: Client = createClient({ baseUrl: this.address });

  /** @param askForToken asks the user; undefined where there is none to be had */
  constructor(askForToken: () => Promise<string | undefined>) {
    this.#askForToken = askForToken;
  }

  get wantsToken(): boolean {
    return this.#token !== undefined;
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
    this.#asking ??= this.#askForToken();
    const token = await this.#asking;
    this.#asking = undefined;
    if (token === undefined) return false;
    if (token !== this.#token || !this.wantsToken) {
      this.#token = token;
      this.#client = createClient({ baseUrl: this.address, token });
    }
    return true;
  }
}
