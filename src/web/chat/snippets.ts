import { type Connection, needsKey } from "./connection.ts";
import type { Conversation } from "./conversation.ts";
import { requestOf } from "./request.ts";

/** What a snippet asks for. */
export interface Example {
  /** This server's address, without a slash at its end. */
  readonly server: string;
  readonly connection: Connection;
  readonly conversation: Pick<Conversation, "turns" | "settings" | "sessionId">;
  /** The server wants its token. */
  readonly token: boolean;
}

export interface Snippet {
  readonly label: string;
  readonly code: string;
}

const PATH = "/v1/chat/completions/stream";

/** Stands for the key until each language has put its own expression in its place. */
const KEY = "\u0000key";

/** The same request in three languages, complete and ready to run. */
export function snippetsFor(example: Example): readonly Snippet[] {
  return [
    { label: "curl", code: curl(example) },
    { label: "TypeScript", code: typescript(example) },
    { label: "Python", code: python(example) },
  ];
}

function bodyOf({ connection, conversation }: Example): string {
  return JSON.stringify(requestOf(conversation, connection, wordFor(connection) ?? KEY), null, 2);
}

/** Where no key is needed any word will do, and the example works as it stands. */
function wordFor(connection: Connection): string | undefined {
  return needsKey(connection) ? undefined : "any-word";
}

function curl(example: Example): string {
  const quoted = bodyOf(example).replaceAll("'", "'\\''").replace(JSON.stringify(KEY), `"'"$API_KEY"'"`);
  const token = example.token ? `  -H "authorization: Bearer $NASH_LLM_TOKEN" \\\n` : "";
  return `${exported(example)}curl -N ${example.server}${PATH} \\
  -H 'content-type: application/json' \\
${token}  -d '${quoted}'`;
}

function exported({ connection }: Example): string {
  return wordFor(connection) === undefined ? "# export API_KEY=your-key\n" : "";
}

function typescript(example: Example): string {
  const body = bodyOf(example).replace(JSON.stringify(KEY), "process.env.API_KEY");
  const token = example.token ? '\n    authorization: "Bearer " + process.env.NASH_LLM_TOKEN,' : "";
  return `const response = await fetch("${example.server}${PATH}", {
  method: "POST",
  headers: {
    "content-type": "application/json",${token}
  },
  body: JSON.stringify(${indented(body, "  ")}),
});
if (!response.ok || !response.body) throw new Error(await response.text());

let rest = "";
for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + piece).split("\\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    if (!line.startsWith("data: ") || line === "data: [DONE]") continue;
    const event = JSON.parse(line.slice(6));
    if (event.error) throw new Error(event.error.message);
    if (event.content) process.stdout.write(event.content);
  }
}`;
}

function python(example: Example): string {
  const body = bodyOf(example).replace(JSON.stringify(KEY), `os.environ["API_KEY"]`);
  const token = example.token ? `\n        "authorization": "Bearer " + os.environ["NASH_LLM_TOKEN"],` : "";
  return `import json, os, urllib.request

request = urllib.request.Request(
    "${example.server}${PATH}",
    headers={
        "content-type": "application/json",${token}
    },
    data=json.dumps(${indented(body, "    ")}).encode(),
)
with urllib.request.urlopen(request) as response:
    for raw in response:
        line = raw.decode().strip()
        if not line.startswith("data: ") or line == "data: [DONE]":
            continue
        event = json.loads(line[6:])
        if "error" in event:
            raise RuntimeError(event["error"]["message"])
        print(event.get("content", ""), end="", flush=True)`;
}

/** All lines but the first set in, so that a body stands well within a call. */
function indented(text: string, by: string): string {
  return text.replaceAll("\n", `\n${by}`);
}
