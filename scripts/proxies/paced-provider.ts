/** A provider that speaks at a pace which the model's name says, and notices who leaves. */

export interface PacedProvider {
  readonly url: string;
  /** When each piece was sent, by the question that it answers, on this process's monotonic clock. */
  readonly sent: ReadonlyMap<string, readonly number[]>;
  /** Questions whose connections were closed before their answers were over. */
  readonly left: ReadonlySet<string>;
  stop(): Promise<void>;
}

const frame = (content: string) => `data: {"choices":[{"index":0,"delta":{"content":"${content}"}}]}\n\n`;
const END = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

function streamOf(pieces: AsyncGenerator<string, void, void>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(new TextEncoder().encode(value));
    },
    async cancel() {
      await pieces.return();
    },
  });
}

/** The model `6x300` answers with six pieces, 300 ms apart; the text of the question names the answer. */
export function startPacedProvider(): PacedProvider {
  const sent = new Map<string, number[]>();
  const left = new Set<string>();
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 255,
    async fetch(request) {
      const { model, messages } = (await request.json()) as {
        model: string;
        messages: { content: string }[];
      };
      const [count = 0, pause = 0] = model.split("x").map(Number);
      const name = (messages.at(-1)?.content ?? "").slice(0, 40);
      const times: number[] = [];
      sent.set(name, times);
      async function* pieces() {
        let isOver = false;
        try {
          for (let i = 0; i < count; i++) {
            await Bun.sleep(pause);
            times.push(performance.now());
            yield frame(`piece ${i} `);
          }
          yield END;
          isOver = true;
        } finally {
          if (!isOver) left.add(name);
        }
      }
      return new Response(streamOf(pieces()), { headers: { "content-type": "text/event-stream" } });
    },
  });
  return { url: `http://127.0.0.1:${server.port}/v1`, sent, left, stop: () => server.stop(true) };
}
