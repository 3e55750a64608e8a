import { existsSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { type Check, note } from "./check.ts";

const NAME = "container";
const HOST_NAME = "host.docker.internal";
const ADD_HOST = `--add-host ${HOST_NAME}:host-gateway`;

/**
 * How a container reaches model servers on its host. Nothing is looked up in DNS.
 * @param exposed the server is bound beyond loopback, as it must be in a container
 * @param root the root of the file system, for tests
 */
export function checkContainer(exposed: boolean, root = "/"): readonly Check[] {
  const kind = containerKind(root);
  if (kind === undefined) return hostOfContainers(bridgeAddress());
  const named = knowsHost(root);
  const gateway = defaultGateway(read(join(root, "proc/net/route")));
  const way = named ? HOST_NAME : gateway;
  const address = way === undefined ? undefined : `http://${way}:11434/v1`;
  const text = `this runs in a container (${kind}), where 127.0.0.1 is the container and not your machine`;
  const advice = [
    address === undefined
      ? "how to reach your machine from here is not known"
      : `Ollama on your machine: ${address}, once it listens beyond its loopback (OLLAMA_HOST=0.0.0.0)`,
    !named && kind === "Docker"
      ? `${HOST_NAME} is not known here: start the container with ${ADD_HOST}`
      : undefined,
    exposed && way !== undefined ? `let the server go there: --allow-upstream ${way}` : undefined,
  ];
  return [note(NAME, text, advice.filter((line) => line !== undefined).join("\n"))];
}

/** On the host: what its containers must use. */
function hostOfContainers(bridge: string | undefined): readonly Check[] {
  if (bridge === undefined) return [];
  return [
    note(
      NAME,
      `Docker's containers know this machine as ${bridge}, and as ${HOST_NAME} with ${ADD_HOST}`,
      `a model server here must listen on ${bridge} for them, not on 127.0.0.1 alone`,
    ),
  ];
}

function containerKind(root: string): "Docker" | "Podman" | "Kubernetes" | "container" | undefined {
  if (existsSync(join(root, "run/.containerenv"))) return "Podman";
  const groups = read(join(root, "proc/1/cgroup"));
  if (existsSync(join(root, "var/run/secrets/kubernetes.io")) || groups.includes("kubepods"))
    return "Kubernetes";
  if (existsSync(join(root, ".dockerenv")) || groups.includes("/docker")) return "Docker";
  return /\/(?:lxc|containerd)/.test(groups) ? "container" : undefined;
}

/** Docker Desktop, known by its kernel, resolves the name by itself; elsewhere it is in the hosts file or nowhere. */
function knowsHost(root: string): boolean {
  if (/linuxkit|microsoft/i.test(read(join(root, "proc/version")))) return true;
  const lines = read(join(root, "etc/hosts")).split("\n");
  return lines.some((line) => line.replace(/#.*/, "").trim().split(/\s+/).includes(HOST_NAME));
}

/** The way out, in `/proc/net/route` as eight hexadecimal digits, last byte first. */
function defaultGateway(routes: string): string | undefined {
  const columns = routes.split("\n").map((line) => line.split("\t"));
  const gateway = columns.find(([, destination]) => destination === "00000000")?.[2] ?? "";
  const bytes = gateway.match(/^[0-9A-F]{8}$/i)?.[0].match(/../g);
  return bytes
    ?.map((byte) => Number.parseInt(byte, 16))
    .reverse()
    .join(".");
}

function bridgeAddress(): string | undefined {
  return networkInterfaces()["docker0"]?.find(({ family }) => family === "IPv4")?.address;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
