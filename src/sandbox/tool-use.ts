import { exampleValue } from "./example-value.ts";
import type { OfferedTool, ParsedRequest } from "./parsed-request.ts";
import { callTool, type ScriptStep } from "./script.ts";

/** Words in the names of tools that say nothing of what a tool is about. */
const VERBS = new Set([
  "call",
  "create",
  "fetch",
  "find",
  "list",
  "make",
  "read",
  "search",
  "send",
  "write",
  "with",
]);
/** What is called where no tool was offered. */
const NO_TOOL: OfferedTool = { name: "get_weather", kind: "function" };

/**
 * The tools that a model calls that obeys the request to the letter: none where it may not, one where it may not call
 * several, those that the request speaks of where it may choose, and some where it must.
 */
export function toolsToCall({ tools, toolPolicy, text, afterTool }: ParsedRequest): readonly OfferedTool[] {
  const { mode, names, parallel } = toolPolicy;
  const allowed = tools.filter(({ name }) => names === undefined || names.includes(name));
  if (mode === "none" || allowed.length === 0) return [];
  if (mode === "auto" && afterTool) return [];
  const meant = allowed.filter((tool) => speaksOf(text, tool));
  const chosen = meant.length === 0 && mode === "required" ? allowed.slice(0, 1) : meant;
  return parallel ? chosen : chosen.slice(0, 1);
}

function speaksOf(text: string, { name }: OfferedTool): boolean {
  const said = text.toLowerCase();
  if (said.includes(name.toLowerCase())) return true;
  const words = name.split(/[_-]|(?<=\p{Ll})(?=\p{Lu})/u).map((word) => word.toLowerCase());
  return words.some((word) => word.length > 3 && !VERBS.has(word) && said.includes(word));
}

/** The tool that the request speaks of, else the first one offered, else one of the script's own. */
export function firstTool({ tools, text }: ParsedRequest): OfferedTool {
  return tools.find((tool) => speaksOf(text, tool)) ?? tools[0] ?? NO_TOOL;
}

/** The same for two calls. One tool that the request speaks of is called twice. */
export function twoTools(request: ParsedRequest): readonly [OfferedTool, OfferedTool] {
  const first = firstTool(request);
  const meant = request.tools.filter((tool) => speaksOf(request.text, tool));
  return [first, (meant.length > 0 ? meant[1] : request.tools[1]) ?? first];
}

/** Arguments that the tool's schema allows; of tools without properties the script's own. */
export function argumentsFor({ kind, parameters }: OfferedTool, text: string): string {
  if (kind === "custom") return "*** Begin Patch\n*** Add File: hello.txt\n+hello\n*** End Patch\n";
  if (parameters === undefined) return JSON.stringify({ city: "Zürich" });
  return JSON.stringify(exampleValue(parameters, text));
}

/** A call of the tool, in pieces. */
export function call(tool: OfferedTool, text: string): Generator<ScriptStep> {
  return callTool(tool, argumentsFor(tool, text));
}
