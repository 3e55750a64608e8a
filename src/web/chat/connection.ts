import { asObject, asText, parseJson } from "../../core/json.ts";
import { isLoopbackHost } from "../../core/loopback.ts";
import type { Secrets } from "./secrets.ts";
import type { Shelf } from "./store.ts";

/** Whom the page talks to. Its key is kept apart. */
export interface Connection {
  /** The provider's address; empty where the server's own routes say who answers. */
  readonly baseUrl: string;
  readonly model: string;
  /** The protocol to speak where the host does not tell. */
  readonly provider?: "openai" | "anthropic";
}

export const DEMO: Connection = { baseUrl: "http://demo.invalid/v1", model: "demo" };

const SHELF_KEY = "nash-llm.connection";

export function isDemo({ baseUrl }: Pick<Connection, "baseUrl">): boolean {
  return URL.parse(baseUrl)?.hostname === "demo.invalid";
}

/** Servers on this machine ask for no key as a rule. */
function isLocal({ baseUrl }: Pick<Connection, "baseUrl">): boolean {
  return isLoopbackHost(URL.parse(baseUrl)?.hostname ?? "");
}

/** The demo and servers on this machine take any word for a key; the server's own routes have theirs. */
export function needsKey(connection: Pick<Connection, "baseUrl">): boolean {
  return connection.baseUrl !== "" && !isDemo(connection) && !isLocal(connection);
}

/** The host, for the eye; the address itself where it has none. */
export function hostOf({ baseUrl }: Pick<Connection, "baseUrl">): string {
  if (baseUrl === "") return "this server’s routes";
  return isDemo({ baseUrl }) ? "built in" : URL.parse(baseUrl)?.host || baseUrl;
}

/** The connection that is in use, and the keys that were typed since the page was opened. */
export class Connections {
  readonly #shelf: Shelf | undefined;
  readonly #keys: Secrets;
  current: Connection;

  constructor(shelf: Shelf | undefined, keys: Secrets) {
    this.#shelf = shelf;
    this.#keys = keys;
    this.current = readConnection(parseJson(shelf?.getItem(SHELF_KEY) ?? "")) ?? DEMO;
  }

  /** Address and model outlive the page. */
  use(connection: Connection): void {
    this.current = connection;
    try {
      this.#shelf?.setItem(SHELF_KEY, JSON.stringify(connection));
    } catch {
      // A browser without room forgets the choice, and that is all.
    }
  }

  setKey({ baseUrl }: Pick<Connection, "baseUrl">, key: string): void {
    this.#keys.set(`key ${baseUrl}`, key);
  }

  typedKey({ baseUrl }: Pick<Connection, "baseUrl">): string {
    return this.#keys.get(`key ${baseUrl}`) ?? "";
  }

  /** The key to send; undefined where one is still to be typed. */
  keyFor(connection: Pick<Connection, "baseUrl">): string | undefined {
    const typed = this.typedKey(connection);
    if (typed !== "") return typed;
    return needsKey(connection) ? undefined : "none";
  }
}

function readConnection(value: unknown): Connection | undefined {
  const given = asObject(value);
  const baseUrl = given?.["baseUrl"];
  const model = asText(given?.["model"]);
  if (given === undefined || typeof baseUrl !== "string" || model === undefined) return undefined;
  const { provider } = given;
  return { baseUrl, model, ...(provider === "openai" || provider === "anthropic" ? { provider } : {}) };
}
