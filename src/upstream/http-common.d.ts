/** Node's own parser of HTTP, llhttp, and its rules for headers. Bun has them under the same name. */
declare module "node:_http_common" {
  export class HTTPParser {
    static readonly RESPONSE: number;
    static readonly kOnMessageBegin: number;
    static readonly kOnHeaders: number;
    static readonly kOnHeadersComplete: number;
    static readonly kOnBody: number;
    static readonly kOnMessageComplete: number;
    /** Callbacks are kept under these numbers. What they throw comes out of `execute`. */
    [callback: number]: unknown;
    initialize(type: number, resource: object, maxHeaderSize: number, leniency: number): void;
    /** An error whose `code` begins with `HPE_` where the bytes are no HTTP. */
    execute(bytes: Uint8Array): number | Error;
    /** The connection has ended. An error where a message has not. */
    finish(): Error | undefined;
  }

  /** @throws {TypeError} */
  export function validateHeaderName(name: string): void;
  /** @throws {TypeError} */
  export function validateHeaderValue(name: string, value: string): void;
}
