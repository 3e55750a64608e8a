import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FOLDER = join(import.meta.dir, "../../packaging/proxies");

/** A proxy that runs with the settings of `packaging/proxies`, on other ports. */
export interface RunningProxy {
  readonly port: number;
  /** Sends no more to the first of the two processes, where the proxy does not notice by itself that it leaves. */
  takeOut(): Promise<void>;
  stop(): Promise<void>;
}

interface ProxyProgram {
  readonly file: string;
  /** Whether it asks `/ready` by itself. */
  readonly asksReady: boolean;
  /** @param file the settings @param folder for what it writes */
  command(file: string, folder: string): string[];
}

export const PROXIES: Readonly<Record<string, ProxyProgram>> = {
  nginx: {
    file: "nginx.conf",
    asksReady: false,
    command: (file, folder) => [
      "nginx",
      "-p",
      folder,
      "-c",
      wrapped(file, folder),
      "-e",
      join(folder, "error.log"),
    ],
  },
  haproxy: { file: "haproxy.cfg", asksReady: true, command: (file) => ["haproxy", "-W", "-db", "-f", file] },
  caddy: {
    file: "Caddyfile",
    asksReady: true,
    command: (file) => ["caddy", "run", "--adapter", "caddyfile", "--config", file],
  },
  envoy: {
    file: "envoy.yaml",
    asksReady: true,
    command: (file) => ["envoy", "--use-dynamic-base-id", "--log-level", "error", "-c", file],
  },
};

/** The file of `packaging/` belongs into the `http` block of nginx's own. */
function wrapped(file: string, folder: string): string {
  const path = join(folder, "whole.conf");
  writeFileSync(
    path,
    `daemon off; pid ${folder}/pid; worker_processes 1; events { worker_connections 1024; }\n` +
      `http { access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; ` +
      `fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s; include ${file}; }\n`,
  );
  return path;
}

/** @returns nothing where this machine does not have it */
export async function startProxy(
  name: string,
  ports: { readonly own: number; readonly one: number; readonly two: number },
): Promise<RunningProxy | undefined> {
  const program = PROXIES[name];
  if (program === undefined || Bun.which(name) === null) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "nash-llm-proxy-"));
  const file = join(folder, program.file);
  const settings = readFileSync(join(FOLDER, program.file), "utf8")
    .replace(/\b8000\b/g, String(ports.own))
    .replace(/\b8001\b/g, String(ports.one))
    .replace(/\b8002\b/g, String(ports.two));
  writeFileSync(file, settings);
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
  };
  const child = Bun.spawn(program.command(file, folder), { env, stdout: "ignore", stderr: "ignore" });
  for (let tries = 0; !(await answers(ports.own)); tries++) {
    if (tries > 100 || child.exitCode !== null) throw new Error(`${name} does not start.`);
    await Bun.sleep(100);
  }
  return {
    port: ports.own,
    async takeOut() {
      if (program.asksReady) return;
      writeFileSync(
        file,
        settings.replace(`127.0.0.1:${ports.one} max_fails=0`, `127.0.0.1:${ports.one} down`),
      );
      child.kill("SIGHUP");
      await Bun.sleep(500);
    },
    async stop() {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 2_000);
      await child.exited;
      clearTimeout(late);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/ready`)).status === 200;
  } catch {
    return false;
  }
}
