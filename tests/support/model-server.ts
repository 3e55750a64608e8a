/** What Ollama answers, to a program that looks for it. */

export interface ModelServer {
  readonly port: number;
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/** Starts a stand-in for Ollama with these models on a free port of loopback. */
export function startOllama(models: readonly string[]): ModelServer {
  const asked: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url);
      asked.push(pathname);
      if (pathname === "/api/version") return Response.json({ version: "0.9.0" });
      if (pathname === "/api/tags") return Response.json({ models: models.map((name) => ({ name })) });
      return new Response("404 page not found", { status: 404 });
    },
  });
  return { port: server.port ?? 0, asked, stop: () => server.stop(true) };
}
