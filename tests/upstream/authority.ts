/** Servers over TLS with certificates of an authority made for one test file, and requests by a process that trusts it. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResolvedAddress } from "../../src/upstream/dns-cache.ts";
import { certify } from "./certificates.ts";

/** What the process is to ask: an address that was judged, or a proxy. */
export type Asked = { readonly url: string } & (ResolvedAddress | { readonly proxy: string });

export class Authority implements Disposable {
  readonly #own = certify("Authority of a test");
  readonly #folder = mkdtempSync(join(tmpdir(), "nash-llm-certificates-"));
  readonly #file = join(this.#folder, "authority.pem");

  constructor() {
    writeFileSync(this.#file, this.#own.cert);
  }

  /** A TLS server for one address, which answers with the caller's port and keeps the hosts it was asked for. */
  serve(hostname: string, ...names: readonly string[]) {
    const asked: string[] = [];
    const { cert, key } = certify(names[0] ?? "", names, this.#own);
    const server = Bun.serve({
      hostname,
      port: 0,
      tls: { cert, key },
      fetch(request, self): Response {
        asked.push(request.headers.get("host") ?? "");
        return new Response(String(self.requestIP(request)?.port));
      },
    });
    return { port: server.port ?? 0, asked, [Symbol.asyncDispose]: () => server.stop(true) };
  }

  /** Asks one after the other and gives what came of each, in the words of `connect-child.ts`. */
  async ask(visits: readonly Asked[], { trusted = true } = {}): Promise<string[]> {
    const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;
    const child = Bun.spawn([process.execPath, join(import.meta.dir, "connect-child.ts")], {
      env: { ...environment, ...(trusted ? { NODE_EXTRA_CA_CERTS: this.#file } : {}) },
      stdin: new Blob([JSON.stringify(visits)]),
    });
    return JSON.parse(await new Response(child.stdout).text());
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}
