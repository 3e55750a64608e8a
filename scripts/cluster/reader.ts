/** How an answer ended for a client that goes on reading it, over as many connections as it takes. */
export interface Ending {
  readonly id: string;
  /** `whole` as it should be; `incomplete` with the text so far and the error; else what is wrong with it. */
  readonly outcome: string;
  /** How often it had to come back. */
  readonly breaks: number;
  /** From the first break to the end, in milliseconds; 0 without one. */
  readonly brokenMs: number;
}

const PATIENCE_MS = 60_000;
const AGAIN_MS = 200;

/** Asks for an answer of so many pieces that can be taken up again, and reads it to its end. */
export async function readAnswer(
  server: string,
  provider: string,
  { pieces, pauseMs, name }: { pieces: number; pauseMs: number; name: string },
): Promise<Ending> {
  const response = await fetch(`${server}/v1/chat/completions/stream`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: `${pieces}x${pauseMs}`,
      messages: [{ role: "user", content: name }],
      api_base_url: provider,
      api_key: "sk-cluster-0123456789",
      stream_options: { resumable: true },
    }),
  });
  const id = response.headers.get("x-answer-id") ?? "";
  if (!response.ok) return { id, outcome: `refused with ${response.status}`, breaks: 0, brokenMs: 0 };
  let events = await wholeEvents(response);
  let breaks = 0;
  let since: number | undefined;
  while (!events.includes("data: [DONE]\n")) {
    since ??= performance.now();
    if (performance.now() - since > PATIENCE_MS)
      return { id, outcome: "never ended", breaks, brokenMs: PATIENCE_MS };
    breaks++;
    events += await goOn(server, id, events);
  }
  const brokenMs = since === undefined ? 0 : Math.round(performance.now() - since);
  return { id, outcome: judge(events, pieces), breaks, brokenMs };
}

/** What else comes of it. Nothing where nobody can say so at the moment. */
async function goOn(server: string, id: string, had: string): Promise<string> {
  const last = [...had.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1];
  const headers: Record<string, string> = last === undefined ? {} : { "last-event-id": last };
  try {
    const response = await fetch(`${server}/v1/answers/${id}`, { headers });
    if (response.ok) return await wholeEvents(response);
    await response.body?.cancel();
  } catch {
    // The balancer has not noticed yet whom it has lost.
  }
  await Bun.sleep(AGAIN_MS);
  return "";
}

/** The events that came whole, without comments, until the connection ended or broke. */
async function wholeEvents(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const bytes of response.body ?? []) text += decoder.decode(bytes, { stream: true });
  } catch {
    // Broken off: what came counts.
  }
  const end = text.lastIndexOf("\n\n");
  return (end === -1 ? "" : text.slice(0, end + 2)).replace(/^:[^\n]*\n\n/gm, "");
}

/** Every event once and in order, every piece once and in order, and an end that is told as what it is. */
function judge(events: string, pieces: number): string {
  // Behind the error the numbers are those of the server that noticed, which may have had less than this reader.
  const [before = ""] = events.split('data: {"error"');
  const ids = [...before.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  if (ids.some((id, i) => id !== i + 1)) return "events are missing or twice there";
  const numbers = [...events.matchAll(/"content":"piece (\d+) "/g)].map(([, piece]) => Number(piece));
  if (numbers.some((piece, i) => piece !== i)) return "text is missing or twice there";
  if (events.includes('"error":{"type":"incomplete"')) return "incomplete";
  return numbers.length === pieces && !events.includes('"error"') ? "whole" : "looks whole and is not";
}
