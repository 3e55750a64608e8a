import { asObject, isObject, type JsonObject, objectsIn } from "../../core/json.ts";
import { refuse } from "./errors.ts";
import { checkNames, optionalInteger, wrongTag } from "./fields.ts";

const KINDS = ["adaptive", "between_tools", "disabled", "enabled"];
const FIELDS = new Set(["type", "budget_tokens", "display"]);
const LEAST_BUDGET = 1_024;

/**
 * Whether a request wants thinking; undefined where it says nothing of it.
 * @throws {RequestRejected} For what cannot stand beside thinking.
 */
export function checkThinking(body: JsonObject, limit: number): boolean | undefined {
  const thinking = body["thinking"];
  if (!isObject(thinking)) return undefined;
  const type = String(thinking["type"]);
  if (!KINDS.includes(type)) return wrongTag("thinking", thinking["type"], KINDS);
  checkNames(thinking, `thinking.${type}`, FIELDS);
  if (type === "disabled" || type === "between_tools") return false;
  checkSampling(body);
  if (type === "enabled") checkManual(body, thinking, limit);
  return true;
}

function checkSampling(body: JsonObject): void {
  const docs = "Please consult our documentation on extended thinking.";
  const temperature = body["temperature"];
  if (typeof temperature === "number" && temperature !== 1)
    refuse(`\`temperature\` may only be set to 1 when thinking is enabled. ${docs}`);
  const topP = body["top_p"];
  if (typeof topP === "number" && topP < 0.95)
    refuse(`\`top_p\` must be greater than or equal to 0.95 or unset when thinking is enabled. ${docs}`);
  if (typeof body["top_k"] === "number") refuse(`\`top_k\` must be unset when thinking is enabled. ${docs}`);
}

function checkManual(body: JsonObject, thinking: JsonObject, limit: number): void {
  const budget = optionalInteger(thinking, "budget_tokens", LEAST_BUDGET, "thinking.enabled.budget_tokens");
  if (budget === undefined) refuse("thinking.enabled.budget_tokens: Field required");
  if (budget >= limit) refuse("`max_tokens` must be greater than `thinking.budget_tokens`.");
  const choice = asObject(body["tool_choice"])?.["type"];
  if (choice === "any" || choice === "tool")
    refuse("Thinking may not be enabled when tool_choice forces tool use.");
  checkToolTurn(body["messages"]);
}

/** While a tool turn goes on, the assistant's message must begin with its thinking. */
function checkToolTurn(messages: unknown): void {
  const all = objectsIn(messages);
  const last = all.findLastIndex(({ role }) => role === "assistant");
  const blocks = objectsIn(all[last]?.["content"]);
  const first = blocks[0]?.["type"];
  const thinks = first === "thinking" || first === "redacted_thinking";
  if (thinks || !blocks.some(({ type }) => type === "tool_use")) return;
  refuse(
    `messages.${last}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${String(first)}\`. ` +
      "When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the " +
      "lastmost set of `tool_use` and `tool_result` blocks).",
  );
}
