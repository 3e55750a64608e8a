import { useState } from "preact/hooks";
import type { Page } from "./page.ts";
import { RememberSwitch } from "./remember-switch.tsx";
import { Sheet } from "./sheet.tsx";

/** The dialog that asks for the server's token. */
export function TokenSheet({ page }: { readonly page: Page }) {
  const [token, setToken] = useState("");
  const question = page.tokenQuestion;
  if (question === undefined) return null;
  const submit = (event: Event) => {
    event.preventDefault();
    question.answer(token.trim() || undefined);
  };
  return (
    <Sheet
      kind="card"
      id="token"
      title="This server wants its token"
      closed={() => page.tokenQuestion?.answer(undefined)}
    >
      <form autocomplete="off" onSubmit={submit}>
        <p>
          It was started with one (<code>NASH_LLM_TOKEN</code> or <code>--token-file</code>). It stays in this
          tab’s memory.
        </p>
        {question.wasWrong && (
          <p class="wrong" role="alert">
            That was not it.
          </p>
        )}
        <label>
          Token
          <input
            type="password"
            required
            spellcheck={false}
            autocomplete="off"
            value={token}
            onInput={({ currentTarget }) => setToken(currentTarget.value)}
          />
        </label>
        <RememberSwitch page={page} />
        <div class="row">
          <button type="button" class="plain" data-close>
            Not now
          </button>
          <button type="submit" class="primary">
            Go on
          </button>
        </div>
      </form>
    </Sheet>
  );
}
