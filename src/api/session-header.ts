import { isSessionId, newSession, type Session } from "../core/session.ts";
import type { Services } from "./services.ts";

/** Where programs that speak a vendor's dialect name their session: ours, Codex, Claude Code, opencode. */
const SESSION_HEADERS = ["x-session-id", "session-id", "x-claude-code-session-id", "x-session-affinity"];

/** The session of a request whose body has no place for it: the first header that holds a UUID, else a new one. */
export function sessionOf(request: Request, services: Services): Session {
  const trace = services.traceOf(request);
  trace.session ??= sessionIn(request.headers) ?? newSession();
  return trace.session;
}

function sessionIn(headers: Headers): Session | undefined {
  const id = SESSION_HEADERS.map((name) => headers.get(name)).find(isSessionId);
  return typeof id === "string" ? { id } : undefined;
}
