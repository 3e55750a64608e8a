import { useEffect, useRef, useState } from "preact/hooks";
import { NashError, type TokenCount } from "../../client/index.ts";
import { messagesOf } from "./conversation.ts";
import { count } from "./format.ts";
import type { Page } from "./page.ts";

/** From this share of the model's window on, the conversation is close to being too long. */
const NEARLY_FULL = 0.8;

/** Says how long the conversation is, and warns before the model's window is full. */
export function Meter({ page }: { readonly page: Page }) {
  const [counted, setCounted] = useState<TokenCount>();
  const isThere = useRef(true);
  const { current, busy } = page.chat;
  const { model } = page.connections.current;
  useEffect(() => {
    if (busy !== undefined || !isThere.current) return undefined;
    setCounted(undefined);
    const messages = messagesOf(current);
    if (messages.length === 0) return undefined;
    const asking = new AbortController();
    page.server
      .call((client) => client.tokens({ model, messages }, { signal: asking.signal }))
      .then(setCounted)
      .catch((error: unknown) => {
        // A count is a courtesy: without it the page is as good.
        if (error instanceof NashError && error.status === 404) isThere.current = false;
      });
    return () => asking.abort();
  }, [page, model, busy, current.id, current.turns, current.settings]);
  if (counted === undefined) return <p />;
  const { tokens, context_window: limit, estimated } = counted;
  const about = `${estimated ? "about " : ""}${count(tokens)} tokens`;
  if (!limit) return <p>{about}</p>;
  if (tokens <= limit * NEARLY_FULL) return <p>{`${about} of ${count(limit)}`}</p>;
  return (
    <p class="full">
      {`${about} of ${count(limit)}: nearly full. `}
      <button type="button" class="quiet" onClick={() => page.chat.summarize()}>
        Summarize now
      </button>
    </p>
  );
}
