import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../tests/support/free-port.ts";
import { Child, listening } from "../process.ts";
import { openAiRequest, type Program } from "./bench-program.ts";

/** One worker, no buffering, connections to the provider kept: what a streaming proxy is set to. */
function configuration(folder: string, port: number, provider: number): string {
  return `
    daemon off;
    worker_processes 1;
    ${process.getuid?.() === 0 ? "user root;" : ""}
    pid ${folder}/pid;
    error_log /dev/null;
    events { worker_connections 19000; }
    http {
      access_log off;
      client_max_body_size 64m;
      client_body_temp_path ${folder}/body;
      proxy_temp_path ${folder}/proxy;
      fastcgi_temp_path ${folder}/fastcgi;
      uwsgi_temp_path ${folder}/uwsgi;
      scgi_temp_path ${folder}/scgi;
      keepalive_requests 1000000;
      upstream provider { server 127.0.0.1:${provider}; keepalive 64; keepalive_requests 1000000; }
      server {
        listen 127.0.0.1:${port} backlog=8192;
        location / {
          proxy_pass http://provider;
          proxy_http_version 1.1;
          proxy_set_header connection "";
          proxy_buffering off;
          proxy_request_buffering off;
          proxy_read_timeout 3600s;
        }
        location /health { return 200 "ok"; }
      }
    }`;
}

/** Debian's nginx. */
export const nginx: Program = {
  name: "nginx",
  about: "Debian's package, one worker, buffering off, connections kept, no access log",
  missing: () => (binary() === undefined ? "nginx is not installed (Debian: nginx-light)" : undefined),
  async start(provider) {
    const folder = mkdtempSync(join(tmpdir(), "bench-nginx-"));
    const port = await freePort();
    const file = join(folder, "nginx.conf");
    writeFileSync(file, configuration(folder, port, provider));
    const child = new TidyChild([binary() ?? "nginx", "-c", file, "-e", "/dev/null"], folder);
    await listening(port);
    return {
      child,
      port,
      health: "/health",
      request: openAiRequest,
      openAiClient: { openai: openAiRequest },
    };
  },
};

class TidyChild extends Child {
  readonly #folder: string;

  constructor(command: readonly string[], folder: string) {
    super(command);
    this.#folder = folder;
  }

  override async stop(): Promise<void> {
    await super.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function binary(): string | undefined {
  return Bun.which("nginx") ?? Bun.which("nginx", { PATH: "/usr/sbin:/usr/local/sbin" }) ?? undefined;
}
