import { parseJson } from "../../core/json.ts";
import type { Call } from "./conversation.ts";

interface ToolCallsProps {
  readonly calls: readonly Call[];
  /** The conversation waits for their results. */
  readonly canAnswer: boolean;
  readonly give: (results: readonly string[]) => void;
}

/** The tools that an answer called, folded, and fields for what they gave. A call that broke off cannot be answered. */
export function ToolCalls({ calls, canAnswer, give }: ToolCallsProps) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    give(new FormData(event.currentTarget).getAll("result").map(String));
  };
  return (
    <form class="calls" onSubmit={submit}>
      {calls.map(({ name, arguments: given, result }) => (
        <details class="call" open={canAnswer}>
          <summary>
            Calls <code>{name}</code>
          </summary>
          <pre tabIndex={0} role="region" aria-label={`Arguments of ${name}`}>
            <code>{readable(given)}</code>
          </pre>
          {result !== undefined && !canAnswer && (
            <p class="note">{result === "" ? "It gave nothing." : `It gave: ${result}`}</p>
          )}
          {canAnswer && (
            <label>
              Result of {name}
              <textarea name="result" rows={2} defaultValue={result ?? ""} />
            </label>
          )}
        </details>
      ))}
      {canAnswer && (
        <button type="submit" class="plain">
          Send {calls.length === 1 ? "the result" : "the results"}
        </button>
      )}
    </form>
  );
}

/** JSON in lines; what is not JSON, or not yet, as it came. */
function readable(text: string): string {
  const value = parseJson(text);
  return value === undefined ? text : JSON.stringify(value, null, 2);
}
