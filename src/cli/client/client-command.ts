import type { Command } from "commander";
import { ClientSettingsSchema } from "../../config.ts";
import { addSettings } from "../setting-flags.ts";
import type { RunFlags } from "./run-client.ts";

const EXAMPLES = `
Examples:
  nash-llm client                              a conversation; /help says what can be typed
  nash-llm client "Why is the sky blue?"       one answer
  git diff | nash-llm client "Review this"     a question about what comes through a pipe
  nash-llm client -c                           goes on with the last conversation
  nash-llm client --model demo-slow hello      the built-in demo, which needs no key

Without --model or --base-url it takes the first that is there: a provider's key in the environment (OPENAI_API_KEY,
ANTHROPIC_API_KEY, GROQ_API_KEY, … as the providers call them), a model server on this machine, the demo. A key goes
to its provider's address or the one in OPENAI_BASE_URL or ANTHROPIC_BASE_URL, and to no other.

Exit codes: 0 done, 1 internal fault, 2 wrong use, 3 no provider or key, 4 key refused, 5 rate limit or quota,
6 not reachable, 7 the answer is not whole, 130 Ctrl-C.
`;

/** All flags as commander gives them; those that are not of the run are settings. */
type Flags = RunFlags & Readonly<Record<string, unknown>>;

/** Declares `nash-llm client`: a flag for each of its settings, and those that mean one run only. */
export function addClient(program: Command, exit: (code: number) => void): void {
  const command = program
    .command("client")
    .description("talk to a model: one answer for a prompt, a conversation without one")
    .argument("[prompt...]", "what to ask")
    .option("-c, --continue", "go on with the last conversation")
    .option("-s, --session <id>", "go on with this conversation; the first letters of its id will do")
    .option("-i, --interactive", "a conversation, with a prompt or a pipe too: each line of it a message")
    .option("--json", "print one JSON object with content, session_id, usage and what went wrong")
    .option("--jsonl", "print each event as a line of JSON, as it comes");
  addSettings(command, ClientSettingsSchema)
    .option("--no-color", "the same as --color never")
    .addHelpText("after", EXAMPLES)
    .action(
      async (
        prompt: readonly string[],
        { config, continue: goesOn, session, interactive, json, jsonl, color, ...given }: Flags,
      ) => {
        const run = { config, continue: goesOn, session, interactive, json, jsonl };
        const { runClient } = await import("./run-client.ts");
        exit(await runClient(prompt.join(" "), run, { ...given, color: color === false ? "never" : color }));
      },
    );
}
