const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A name for one conversation. The server makes or repeats it and stores nothing under it. */
export interface Session {
  /** A UUID, kept letter for letter as the client wrote it. */
  readonly id: string;
}

export function isSessionId(value: unknown): value is string {
  return typeof value === "string" && UUID.test(value);
}

/** A random session: a UUID of version 4, which Helicone keeps as it is (version 7 it would replace). */
export function newSession(): Session {
  return { id: crypto.randomUUID() };
}
