import { useState } from "preact/hooks";
import { REASONING_EFFORTS } from "../../core/message.ts";
import type { Settings } from "./conversation.ts";
import type { Page } from "./page.ts";
import { toolsIn } from "./request.ts";
import { Sheet } from "./sheet.tsx";

/** The panel with what this conversation asks with. What is left empty is left to the provider. */
export function SettingsSheet({ page }: { readonly page: Page }) {
  const { settings = {} } = page.chat.current;
  const [isWrong, setWrong] = useState(false);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const read = settingsIn(new FormData(event.currentTarget));
    if (toolsIn(read.tools ?? "") === undefined) return setWrong(true);
    page.chat.set(read);
    page.closeSheet();
  };
  return (
    <Sheet id="settings" title="This conversation" closed={() => page.closeSheet()}>
      <form autocomplete="off" onSubmit={submit}>
        <div class="sheet-body fields">
          <label>
            System prompt
            <textarea name="system" rows={6} defaultValue={settings.system} placeholder="You are …" />
          </label>
          <div class="pair">
            <label>
              Temperature
              <input
                name="temperature"
                type="number"
                min="0"
                max="2"
                step="any"
                placeholder="the provider’s"
                defaultValue={String(settings.temperature ?? "")}
              />
            </label>
            <label>
              Length limit, in tokens
              <input
                name="maxTokens"
                type="number"
                min="1"
                step="1"
                placeholder="the provider’s"
                defaultValue={String(settings.maxTokens ?? "")}
              />
            </label>
          </div>
          <label>
            Reasoning effort
            <select name="effort">
              <option value="">The provider’s</option>
              {REASONING_EFFORTS.map((effort) => (
                <option value={effort} selected={effort === settings.effort}>
                  {effort}
                </option>
              ))}
            </select>
          </label>
          <details open={settings.tools !== undefined}>
            <summary>Tools</summary>
            <label>
              A JSON list in OpenAI’s form; the page shows what is called, and you type what the tools give
              <textarea
                name="tools"
                class="mono"
                rows={8}
                spellcheck={false}
                defaultValue={settings.tools}
                placeholder={
                  '[{"type":"function","function":{"name":"weather","parameters":{"type":"object"}}}]'
                }
              />
            </label>
            {isWrong && (
              <p class="verdict bad" role="alert">
                The tools must be a JSON list of objects.
              </p>
            )}
          </details>
        </div>
        <div class="sheet-foot">
          <button type="submit" class="primary">
            Keep
          </button>
        </div>
      </form>
    </Sheet>
  );
}

function settingsIn(form: FormData): Settings {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const number = (name: string) => (text(name) === "" ? undefined : Number(text(name)));
  const [temperature, maxTokens] = [number("temperature"), number("maxTokens")];
  const effort = REASONING_EFFORTS.find((one) => one === text("effort"));
  return {
    ...(text("system") === "" ? {} : { system: text("system") }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(effort === undefined ? {} : { effort }),
    ...(text("tools") === "" ? {} : { tools: text("tools") }),
  };
}
