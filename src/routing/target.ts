import type { Secret } from "../core/secret.ts";
import type { Provider } from "../providers/provider.ts";

/** Where one request goes, with whose key. */
export interface Target {
  readonly provider: Provider;
  /** What the settings, or this program, call the provider at this address; absent where the request named the address. */
  readonly name?: string;
  /** The base URL, with the provider's own path where it came without one. */
  readonly baseUrl: URL;
  /** The model as the provider names it. */
  readonly model: string;
  /** Absent where neither the caller nor the settings have one: the provider needs none, or refuses. */
  readonly apiKey: Secret | undefined;
  /** The key is the provider's own, from the settings, and not the caller's. */
  readonly ownKey: boolean;
  /** The name that the caller used, where a route gave the model another one: answers name this. */
  readonly askedModel: string;
  /** The pattern of the `[[route]]` that led here; absent where none did. */
  readonly route?: string;
}
