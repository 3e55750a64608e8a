import { type Client, NashError } from "../../src/client/index.ts";
import type { Usage } from "../../src/core/event.ts";
import type { Message } from "../../src/core/message.ts";
import type { Case } from "./case.ts";
import { type Score, scoreOf } from "./score.ts";

/** Whom to ask, and through which server. */
export interface Setting {
  readonly client: Client;
  readonly address: { readonly api_base_url: string; readonly api_key: string };
  readonly model: string;
  readonly provider: "openai" | "anthropic" | undefined;
  readonly providerOptions: Readonly<Record<string, unknown>> | undefined;
  /** Milliseconds for one case, all its requests together. */
  readonly timeoutMs: number;
  /** What the provider has reported since this was last asked for; undefined where nobody knows. */
  readonly takeUsage: () => Promise<Usage | undefined>;
}

export interface Result {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  readonly estimated: boolean;
  readonly parts: number;
  readonly seconds: number;
  readonly usage: Usage | undefined;
  readonly score: Score;
  readonly summary: string;
  /** What is wrong with the answer itself, whatever the summary is worth. */
  readonly faults: readonly string[];
}

export interface Failed {
  readonly name: string;
  readonly error: string;
}

/** Summarizes one case and judges what came. Never throws. */
export async function runCase(one: Case, setting: Setting): Promise<Result | Failed> {
  const { client, model } = setting;
  const began = performance.now();
  let parts = 0;
  try {
    const answer = await client.summarize(
      {
        ...setting.address,
        model,
        messages: one.messages,
        keep_last: one.keepLast,
        provider: setting.provider,
        provider_options: setting.providerOptions,
      },
      {
        signal: AbortSignal.timeout(setting.timeoutMs),
        onProgress: (_, all) => {
          parts = all;
        },
      },
    );
    const { before, after, estimated = false } = answer.token_reduction;
    const counted = await Promise.all(
      [one.messages, answer.messages].map((messages) => client.tokens({ model, messages })),
    );
    const counts = counted.map(({ tokens }) => tokens).join();
    return {
      name: one.name,
      before,
      after,
      estimated,
      parts,
      seconds: (performance.now() - began) / 1000,
      usage: await setting.takeUsage(),
      score: scoreOf(answer.summary, one),
      summary: answer.summary,
      faults: [
        ...shapeFaults(one, answer.messages, answer.summary),
        ...(counts === `${before},${after}`
          ? []
          : [`counts ${before},${after} where /tokens says ${counts}`]),
      ],
    };
  } catch (error) {
    return { name: one.name, error: wordsOf(error) };
  }
}

/** System messages first, then the summary, then exactly what was to be kept. */
function shapeFaults(one: Case, messages: readonly Message[], summary: string): string[] {
  const isSystem = ({ role }: Message) => role === "system" || role === "developer";
  const said = one.messages.filter((message) => !isSystem(message));
  const kept = one.keepLast ? said.slice(-one.keepLast) : [];
  const expected = [
    ...one.messages.filter(isSystem),
    { role: "assistant", content: `Previous conversation summary:\n${summary}` },
    ...kept,
  ];
  return JSON.stringify(messages) === JSON.stringify(expected)
    ? []
    : ["messages are not as docs/protocol.md 3 says"];
}

function wordsOf(error: unknown): string {
  if (error instanceof NashError) return `${error.type}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
