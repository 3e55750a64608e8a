import { createServer } from "node:net";
import { asObject, asText } from "../../core/json.ts";
import { addressHere } from "../banner.ts";
import { type Check, note, ok, problem } from "./check.ts";
import { ownerOf } from "./port-owner.ts";

const NAME = "port";
/** Whatever holds the port may never answer. */
const ASK_MS = 1_000;

/** Whether the server could listen there; if not, who does. */
export async function checkPort(host: string, port: number): Promise<Check> {
  if (port === 0) return ok(NAME, "any free one");
  const where = `${port} on ${host}`;
  const code = await listenError(host, port);
  if (code === undefined) return ok(NAME, `${where} is free`);
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return problem(NAME, `${host} is no address of this machine`);
  if (code === "EACCES")
    return problem(NAME, `${where} needs rights that this user has not`, "choose one above 1023 with --port");
  if (code !== "EADDRINUSE") return problem(NAME, `${where} cannot be listened on (${code})`);
  const version = await ownVersion(host, port);
  if (version !== undefined) return note(NAME, `nash-llm ${version} is running on ${where}`);
  const owner = await ownerOf(port);
  return problem(
    NAME,
    `${where} is taken${owner === undefined ? "" : ` by ${owner}`}`,
    "choose another with --port, or --port 0 for any free one",
  );
}

/** Listens for a moment. Nothing where it went well, else the system's code. */
function listenError(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve("code" in error ? String(error.code) : error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** The version of the nash-llm that answers there, if it is one. */
async function ownVersion(host: string, port: number): Promise<string | undefined> {
  try {
    const response = await fetch(`${addressHere(host, port)}/openapi.json`, {
      proxy: false,
      redirect: "manual",
      signal: AbortSignal.timeout(ASK_MS),
    });
    const info = asObject(asObject(await response.json())?.["info"]);
    return info?.["title"] === "nash-llm" ? asText(info["version"]) : undefined;
  } catch {
    return undefined;
  }
}
