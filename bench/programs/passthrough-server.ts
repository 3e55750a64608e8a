/** The cheapest relay that Bun can be: it hands on what it pulls and looks at nothing. */
const target = process.argv[2] ?? "";

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  routes: { "/health": new Response("ok") },
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const { headers, signal } = request;
    const body = await request.text();
    const reply = await fetch(target + pathname, {
      method: "POST",
      body,
      headers,
      signal,
      decompress: false,
    });
    const reader = (reply.body as ReadableStream<Uint8Array>).getReader();
    const stream = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => reader.cancel().catch(() => undefined),
    });
    return new Response(stream, { headers: { "content-type": "text/event-stream" } });
  },
});
console.log(`http://127.0.0.1:${server.port}`);
