import { type Client, createClient, NashError } from "../../client/index.ts";

/**
 * Asks the user for the server's token; undefined where there is none to be had.
 * @param wasWrong the last one that was given was refused
 */
export type AskForToken = (wasWrong: boolean) => Promise<string | undefined>;

/** This page's own server, with its token where it wants one. The token lives in memory alone. */
export class Server {
  readonly address: string = location.origin;
  readonly #askForToken: AskForToken;
  #token: string | undefined;
  #asking: Promise<string | undefined> | undefined;
  #client: Client = createClient({ baseUrl: this.address });

  constructor(askForToken: AskForToken) {
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
    this.#asking ??= this.#askForToken(this.wantsToken);
    const token = await this.#asking;
    this.#asking = undefined;
    if (token === undefined) return false;
    this.#token = token;
    this.#client = createClient({ baseUrl: this.address, token });
    return true;
  }
}
