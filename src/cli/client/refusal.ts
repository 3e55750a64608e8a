import { printableJson } from "./printable-json.ts";

/**
 * What `nash-llm client --json` and `--jsonl` print on stdout where it comes to no question: what a failed answer would
 * say, as far as there is any. Undefined where neither was asked for.
 * @param args what follows the program's name
 */
export function refusalFor(args: readonly string[], message: string): string | undefined {
  const [command, ...rest] = args;
  const flags = rest.includes("--") ? rest.slice(0, rest.indexOf("--")) : rest;
  if (command !== "client" || !(flags.includes("--json") || flags.includes("--jsonl"))) return undefined;
  const refusal = {
    ...(flags.includes("--json") ? {} : { type: "end" }),
    content: "",
    session_id: null,
    error: { type: "invalid_request", message, retryable: false },
  };
  return `${printableJson(refusal)}\n`;
}
