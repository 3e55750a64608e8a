import { type Client, createClient } from "../../src/client/index.ts";

export interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly signal: AbortSignal;
}

/** What a server says, and a client that asks it without a socket between them. */
export function clientOf(answer: (asked: Asked) => Response | Promise<Response>, token?: string) {
  const asked: Asked[] = [];
  const client: Client = createClient({
    baseUrl: "http://nash.test/",
    token,
    fetch: async (url, init) => {
      const one: Asked = {
        url,
        method: init.method ?? "GET",
        headers: new Headers(init.headers),
        body: typeof init.body === "string" ? JSON.parse(init.body) : {},
        signal: init.signal ?? new AbortController().signal,
      };
      asked.push(one);
      return answer(one);
    },
  });
  return { client, asked };
}

const SESSION = "3f0c2a7e-5b1d-4f6a-9c8e-2d7b1a6e4f50";
const FRAME = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;

/** A stream of these lines, in pieces of so many bytes. */
export function streamOf(text: string, size = 7): Response {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream; charset=utf-8", "x-request-id": "r-1" },
  });
}

/** A whole answer with these lines between the first and the last. */
export function answerOf(...lines: readonly unknown[]): string {
  const whole = [{ session_id: SESSION }, ...lines, { session_id: SESSION }];
  return `${whole.map(FRAME).join("")}data: [DONE]\n\n`;
}

export const REQUEST = {
  model: "m",
  api_key: "k",
  api_base_url: "http://demo.invalid/v1",
  messages: [{ role: "user", content: "hi" }],
} as const;

export { FRAME, SESSION };
