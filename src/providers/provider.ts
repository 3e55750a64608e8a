import type { Secret } from "../core/secret.ts";
import type { Session } from "../core/session.ts";
import type { Protocol } from "../protocols/protocol.ts";
import type { Traits } from "../protocols/traits.ts";

/** Someone who is asked: data alone. Adding one is a file in this folder, a line in `index.ts` and a folder of recordings. */
export interface Provider {
  /** For logs and metrics. */
  readonly name: string;
  /** Host names, compared whole. A leading `*.` stands for one label or more. */
  readonly hosts: readonly string[];
  /** Ports on loopback by which a server on this machine is known. */
  readonly localPorts?: readonly number[];
  readonly protocol: Protocol;
  /** Where it is as a rule, for those who ask for it by name; absent where `localPorts` or `hosts` tell. */
  readonly baseUrl?: string;
  /** The path for a base URL that has none. */
  readonly path: string;
  readonly traits: Traits;
  /** How the key is sent, where it is not the protocol's way. */
  readonly authorization?: (key: Secret) => Record<string, string>;
  /** Headers beyond those, which may depend on the request. */
  readonly headers?: (context: HeaderContext) => Record<string, string>;
}

export interface HeaderContext {
  readonly url: URL;
  readonly session: Session;
  /** What the server is doing, as a path: `/chat`, `/summarize`. */
  readonly purpose: string;
  readonly heliconeKey: Secret | undefined;
}
