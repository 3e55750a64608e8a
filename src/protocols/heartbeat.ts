/** A comment inside data: nothing, or words, behind a colon. */
const COMMENT = /^:(?: [\w-]+)*$/;

/**
 * Whether data says nothing: it is empty, or what a gateway sends as data while it waits (`data: : keepalive`, xAI on
 * Vertex). Whatever else is not JSON is a broken frame (docs/protocol.md 1).
 * @param data without white space around it
 */
export function isHeartbeat(data: string): boolean {
  return data === "" || COMMENT.test(data);
}
