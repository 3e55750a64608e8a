import { asText, isObject, type JsonObject, objectsIn } from "../../core/json.ts";
import type { ResponsesBody } from "./schema.ts";

/** A tool as the client knows it. To providers every tool is a function with one name. */
export interface ClientTool {
  readonly kind: "function" | "custom";
  readonly name: string;
  readonly namespace?: string;
}

/** OpenAI's longest name of a function, and how much of a longer one stays readable. */
const LONGEST_NAME = 64;
const READABLE = 55;

/** The name under which a tool goes to a provider: that of its namespace stands before it. */
export function functionName(name: string, namespace: string | undefined): string {
  const whole = namespace === undefined ? name : `${namespace}__${name}`;
  if (namespace === undefined || whole.length <= LONGEST_NAME) return whole;
  const digest = new Bun.CryptoHasher("sha256").update(whole).digest("hex").slice(0, 8);
  return `${whole.slice(0, READABLE)}_${digest}`;
}

/** The client's tools by the names under which they go to providers; tools that cannot be translated are not among them. */
export function clientTools(body: Pick<ResponsesBody, "tools" | "input">): ReadonlyMap<string, ClientTool> {
  const tools = new Map<string, ClientTool>();
  for (const { tool, namespace } of declaredTools(body)) {
    const name = asText(tool["name"]);
    const kind = tool["type"];
    if (name === undefined || (kind !== "function" && kind !== "custom")) continue;
    tools.set(functionName(name, namespace), {
      kind,
      name,
      ...(namespace === undefined ? {} : { namespace }),
    });
  }
  return tools;
}

interface Declared {
  readonly tool: JsonObject;
  readonly namespace?: string;
  readonly at: string;
}

/** All tools of a request, those of namespaces and those that came later, as an item of the input. */
export function* declaredTools({
  tools,
  input,
}: Pick<ResponsesBody, "tools" | "input">): Generator<Declared> {
  yield* opened(tools, "tools");
  for (const [i, item] of objectsIn(input).entries()) {
    if (item["type"] === "additional_tools") yield* opened(item["tools"], `input[${i}].tools`);
  }
}

function* opened(tools: unknown, at: string): Generator<Declared> {
  for (const [i, tool] of objectsIn(tools).entries()) {
    const namespace = asText(tool["name"]);
    if (tool["type"] !== "namespace" || namespace === undefined) yield { tool, at: `${at}[${i}]` };
    else
      for (const [j, inner] of objectsIn(tool["tools"]).entries())
        yield { tool: inner, namespace, at: `${at}[${i}].tools[${j}]` };
  }
}

/** The text that a custom tool was called with, from the arguments of the function that it was made into. */
export function customInput(args: string): string {
  let json: unknown;
  try {
    json = JSON.parse(args);
  } catch {
    return args;
  }
  const input = isObject(json) ? json["input"] : undefined;
  return typeof input === "string" ? input : args;
}
