/** What providers refuse in a conversation, in rules of their own words: each gives a complaint, or undefined. */

interface Said {
  readonly role: string;
  readonly content?: unknown;
  readonly tool_calls?: readonly { readonly id: string; readonly function?: unknown }[];
  readonly tool_call_id?: string;
  readonly name?: string;
}

type Blocks = readonly Readonly<Record<string, unknown>>[];

/** OpenAI: any order, but results right after their calls, one for each, and content where there are no calls. */
export function openaiComplaint(messages: readonly Said[]): string | undefined {
  let open: string[] = [];
  for (const [i, { role, content, tool_calls: calls, tool_call_id: id }] of messages.entries()) {
    if (!["system", "developer", "user", "assistant", "tool"].includes(role))
      return `messages[${i}]: role ${role}`;
    if (role === "tool") {
      if (id === undefined || !open.includes(id)) return `messages[${i}]: a result without its call`;
      open = open.filter((one) => one !== id);
      continue;
    }
    if (open.length > 0) return `messages[${i}]: calls without results: ${open}`;
    if (calls !== undefined && (role !== "assistant" || calls.length === 0))
      return `messages[${i}].tool_calls`;
    if (typeof content !== "string" && !Array.isArray(content) && calls === undefined)
      return `messages[${i}].content`;
    open = (calls ?? []).map((call) => call.id);
  }
  return open.length > 0 ? `calls without results: ${open}` : undefined;
}

/** Mistral: system first, calls answered at once, after a result the assistant, and the user or a tool last. */
export function mistralComplaint(messages: readonly Said[]): string | undefined {
  const after: Readonly<Record<string, readonly string[]>> = {
    start: ["system", "user", "assistant"],
    system: ["system", "user", "assistant"],
    user: ["user", "assistant"],
    assistant: ["assistant", "user", "tool"],
    tool: ["assistant", "tool"],
  };
  let previous = "start";
  for (const [i, message] of messages.entries()) {
    const { role, content, name, tool_calls: calls } = message;
    if (!after[previous]?.includes(role))
      return `Unexpected role '${role}' after role '${previous}' (message ${i})`;
    if (name !== undefined && role !== "tool") return `messages[${i}].name: Extra inputs are not permitted`;
    if (
      role === "assistant" &&
      calls === undefined &&
      (typeof content !== "string" || content.trim() === "")
    ) {
      return "Assistant message must have either content or tool_calls, but not none.";
    }
    for (const { id } of calls ?? []) if (!/^[a-zA-Z0-9]{9}$/.test(id)) return `Tool call id was ${id}`;
    previous = role;
  }
  if (!["user", "tool"].includes(previous)) return `Expected last role User or Tool but got ${previous}`;
  return openaiComplaint(messages);
}

/**
 * The models' own templates, as llama.cpp, vLLM and LM Studio apply those of Gemma and Mistral: one system message, and
 * it leads; then user and assistant in turns, the user first. Calls of tools and their results are passed over.
 */
export function templateComplaint(messages: readonly Said[]): string | undefined {
  const spoken = messages[0]?.role === "system" ? messages.slice(1) : messages;
  let turns = 0;
  for (const { role, content, tool_calls: calls } of spoken) {
    if (!["user", "assistant", "tool"].includes(role))
      return `Only user, assistant and tool roles are supported, got ${role}.`;
    if (calls !== undefined && typeof content === "string" && content !== "")
      return "Nothing is made of the content beside calls.";
    if (role === "tool" || calls !== undefined) continue;
    if (role !== (turns++ % 2 === 0 ? "user" : "assistant"))
      return "After the optional system message, conversation roles must alternate user/assistant/user/assistant/...";
  }
  return openaiComplaint(messages);
}

/** Perplexity: system messages, then user and assistant in turns, the user first and last. */
export function perplexityComplaint(messages: readonly Said[]): string | undefined {
  const spoken = messages.slice(messages.findIndex(({ role }) => role !== "system"));
  for (const [i, { role }] of spoken.entries()) {
    if (role !== (i % 2 === 0 ? "user" : "assistant"))
      return "After the (optional) system message(s), user and assistant roles should be alternating.";
  }
  return spoken.at(-1)?.role === "user" ? undefined : "Last message must have role `user`.";
}

/** Anthropic: user and assistant in turns, the user first and last, no blank text, results first in the next message. */
export function anthropicComplaint(messages: readonly Said[]): string | undefined {
  let open: string[] = [];
  for (const [i, { role, content }] of messages.entries()) {
    if (role !== (i % 2 === 0 ? "user" : "assistant"))
      return `messages.${i}: roles must alternate, the user first`;
    const blocks: Blocks =
      typeof content === "string" ? [{ type: "text", text: content }] : (content as Blocks);
    if (!Array.isArray(blocks) || blocks.length === 0) return `messages.${i}.content: Field required`;
    const blank = blocks.some(({ type, text }) => type === "text" && String(text).trim() === "");
    if (blank) return `messages.${i}: text content blocks must contain non-whitespace text`;
    const results = blocks
      .filter(({ type }) => type === "tool_result")
      .map((block) => String(block["tool_use_id"]));
    if (results.toSorted().join() !== open.toSorted().join())
      return `messages.${i}: tool_result for ${results}, not ${open}`;
    if (blocks.slice(0, results.length).some(({ type }) => type !== "tool_result"))
      return `messages.${i}: results come first`;
    open = blocks.filter(({ type }) => type === "tool_use").map(({ id }) => String(id));
  }
  return messages.at(-1)?.role === "user" && open.length === 0
    ? undefined
    : "This model does not support assistant message prefill.";
}
