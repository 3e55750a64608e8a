import {
  type Body,
  CHAT,
  chatBody,
  post,
  readNativeStream,
  readRefusal,
  SUMMARIZE,
} from "../../tests/support/answers.ts";
import type { Program } from "../../tests/support/program.ts";
import { PROTOCOLS, type ProtocolName } from "../../tests/support/streams.ts";
import { CONTEXT, type LlamaServer } from "./llama-server.ts";

export interface Check {
  readonly what: string;
  readonly figure: string;
  readonly kept: boolean;
}

const MODEL = "gemma-3-270m";
const QUESTION = [{ role: "user", content: "Once upon a time there was a hedgehog who" }];

/** The same in each protocol: what the model says by itself, and what comes through the program. */
export async function answers(program: Program, model: LlamaServer): Promise<Check[]> {
  const direct = await askDirectly(model, { max_tokens: 24 });
  const checks = PROTOCOLS.map(async (provider): Promise<Check> => {
    const body = request(model, provider, { max_tokens: 24, stream_options: { include_usage: true } });
    const { text, error, lines } = readNativeStream(await (await post(program, CHAT, body)).text());
    const ending = lines.at(-1) as {
      usage?: { input_tokens: number; output_tokens: number };
      finish_reason?: string;
    };
    const said = [text, ending.usage?.input_tokens, ending.usage?.output_tokens, ending.finish_reason];
    const expected = [direct.text, direct.inputTokens, direct.outputTokens, "length"];
    return {
      what: `an answer, ${provider}`,
      figure: `${text.length} characters, ${said.slice(1).join(" + ")}${error === undefined ? "" : `, ${error.type}`}`,
      kept: JSON.stringify(said) === JSON.stringify(expected),
    };
  });
  return Promise.all(checks);
}

/** A client that leaves in mid-stream frees the model's slot. */
export async function departures(program: Program, model: LlamaServer): Promise<Check[]> {
  const checks: Check[] = [];
  for (const provider of PROTOCOLS) {
    const leaving = new AbortController();
    const response = await post(program, CHAT, request(model, provider, { max_tokens: 900 }), {
      signal: leaving.signal,
    });
    const reader = response.body?.getReader();
    let text = "";
    while (!text.includes('"content"')) text += new TextDecoder().decode((await reader?.read())?.value);
    const before = await model.busySlots();
    const left = performance.now();
    leaving.abort();
    while ((await model.busySlots()) > 0 && performance.now() - left < 5_000) await Bun.sleep(10);
    const took = performance.now() - left;
    checks.push({
      what: `a departure, ${provider}`,
      figure: `slots busy before: ${before}; free after ${Math.round(took)} ms`,
      kept: before === 1 && took < 5_000,
    });
  }
  return checks;
}

/** A prompt that the window cannot hold. */
export async function overflows(program: Program, model: LlamaServer): Promise<Check[]> {
  const messages = [{ role: "user", content: "The hedgehog came by again. ".repeat(CONTEXT) }];
  const checks = PROTOCOLS.map(async (provider): Promise<Check> => {
    const refusal = await readRefusal(await post(program, CHAT, request(model, provider, { messages })));
    const { status, error } = refusal;
    return {
      what: `an overflow, ${provider}`,
      figure: `${status} ${error.type}: ${error.message.slice(0, 70)}`,
      kept: status === 400 && error.type === "context_overflow",
    };
  });
  return Promise.all(checks);
}

/** The program's count beside the model's own, which it cannot know: it must say that it is an estimate. */
export async function counts(program: Program, model: LlamaServer): Promise<Check[]> {
  const { inputTokens } = await askDirectly(model, { max_tokens: 1 });
  const response = await post(program, "/v1/chat/tokens", { messages: QUESTION, model: MODEL });
  const { tokens, estimated } = (await response.json()) as { tokens: number; estimated?: boolean };
  const figure = `${tokens}${estimated ? ", estimated" : ""}; the model's own: ${inputTokens}`;
  return [
    { what: "a count", figure, kept: estimated === true && Math.abs(tokens - inputTokens) <= inputTokens },
  ];
}

/**
 * A conversation of three windows. This model never ends by itself, so a grammar of llama.cpp's ends each summary: what
 * it says is worth nothing, but every request, every part and the way back are real.
 */
export async function summaries(program: Program, model: LlamaServer): Promise<Check[]> {
  const messages = Array.from({ length: 40 }, (_, at) => ({
    role: at % 2 === 0 ? "user" : "assistant",
    content: `Message ${at}. The hedgehog came by again and asked for the way to the pond. `.repeat(4),
  }));
  const body = request(model, "openai", {
    messages,
    max_tokens: 120,
    provider_options: { grammar: 'root ::= "The hedgehog " [a-z ,]{20,60} "."' },
  });
  const response = await post(program, SUMMARIZE, body, { headers: { accept: "text/event-stream" } });
  const data = (await response.text())
    .split("\n\n")
    .filter((block) => block.startsWith("data: {"))
    .map((block) => JSON.parse(block.slice(6)) as Readonly<Record<string, unknown>>);
  const parts = data.flatMap(({ progress }) =>
    progress === undefined ? [] : [(progress as { parts: number }).parts],
  );
  const answer = data.find(({ success }) => success === true);
  const error = data.find((line) => line["error"] !== undefined)?.["error"];
  const most = Math.max(0, ...parts);
  return [
    {
      what: "a summary in parts",
      figure:
        error === undefined
          ? `${most} parts: ${String(answer?.["summary"]).slice(0, 60)}`
          : JSON.stringify(error),
      kept: answer !== undefined && most > 1,
    },
  ];
}

const request = (model: LlamaServer, provider: ProtocolName, more: Body): Body =>
  chatBody(provider === "openai" ? `${model.url}/v1` : model.url, MODEL, {
    provider,
    messages: QUESTION,
    temperature: 0,
    ...more,
  });

async function askDirectly(model: LlamaServer, more: Body) {
  const response = await fetch(`${model.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: MODEL, messages: QUESTION, temperature: 0, ...more }),
  });
  const { choices, usage } = (await response.json()) as {
    choices: { message: { content: string } }[];
    usage: { prompt_tokens: number; completion_tokens: number };
  };
  return {
    text: choices[0]?.message.content ?? "",
    inputTokens: usage.prompt_tokens,
    outputTokens: usage.completion_tokens,
  };
}
