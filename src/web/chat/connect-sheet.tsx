import { useEffect, useRef, useState } from "preact/hooks";
import { type Connection, needsKey } from "./connection.ts";
import { plural, seconds } from "./format.ts";
import { ModelList } from "./model-list.tsx";
import type { Page } from "./page.ts";
import { type Entered, isMissingPath, listModels, sentence, testConnection } from "./probe.ts";
import { ProviderChoices } from "./provider-choices.tsx";
import { RememberSwitch } from "./remember-switch.tsx";
import { Sheet } from "./sheet.tsx";

interface Verdict {
  readonly text: string;
  readonly isBad?: boolean;
}

/** The panel in which a provider is chosen, tried and taken. */
export function ConnectSheet({ page, reason }: { readonly page: Page; readonly reason: string }) {
  const { connections, server } = page;
  const [entered, setEntered] = useState<Entered>(() => withKey(page, connections.current));
  const [models, setModels] = useState<readonly string[]>([]);
  const [note, setNote] = useState("");
  const [verdict, setVerdict] = useState<Verdict>({ text: reason });
  const work = useRef(new AbortController());
  const keyField = useRef<HTMLInputElement>(null);
  const { baseUrl, key, model, provider } = entered;
  const isOwn = baseUrl === "";

  const change = (changed: Partial<Entered>) => setEntered((old) => ({ ...old, ...changed }));
  /** One thing at a time: what was being asked before is not waited for. */
  const begin = () => {
    work.current.abort();
    work.current = new AbortController();
    return work.current.signal;
  };
  /** Asks for the models as soon as there is enough to ask with. */
  const list = async (from: Entered) => {
    setModels([]);
    setNote("");
    if (from.baseUrl !== "" && URL.parse(from.baseUrl) === null) return;
    if (from.key === "" && needsKey(from)) return;
    const signal = begin();
    setNote("Asking for the models…");
    try {
      const found = await listModels(server, { ...from, key: from.key || "none" }, signal);
      setModels(found);
      setNote(
        found.length === 0
          ? "Type the model’s name as the provider writes it."
          : `${plural(found.length, "model")} to choose from.`,
      );
    } catch (error) {
      if (signal.aborted) return;
      const isMissing = isMissingPath(error);
      setNote(isMissing ? "Type the model’s name as the provider writes it." : "");
      if (!isMissing) setVerdict({ text: sentence(error), isBad: true });
    }
  };
  const choose = (connection: Connection) => {
    const chosen = withKey(page, connection);
    setEntered(chosen);
    setVerdict({ text: "" });
    list(chosen);
    if (connections.keyFor(chosen) === undefined) keyField.current?.focus();
  };
  /** What was entered, with the key that would be sent; says what is missing where something is. */
  const ready = (): Entered | undefined => {
    const missing =
      !isOwn && URL.parse(baseUrl.trim()) === null
        ? "The base URL must be an address such as those above."
        : key === "" && needsKey(entered)
          ? "This provider needs a key."
          : model.trim() === ""
            ? "Name the model."
            : undefined;
    if (missing === undefined)
      return { ...entered, baseUrl: baseUrl.trim(), model: model.trim(), key: key || "none" };
    setVerdict({ text: missing, isBad: true });
    return undefined;
  };
  const test = async () => {
    const asked = ready();
    if (asked === undefined) return;
    const signal = begin();
    setVerdict({ text: `Asking ${asked.model}…` });
    try {
      const ms = await testConnection(server, asked, signal);
      setVerdict({ text: `It works: ${asked.model} answered after ${seconds(ms)}.` });
    } catch (error) {
      if (!signal.aborted) setVerdict({ text: sentence(error), isBad: true });
    }
  };
  const use = (event: Event) => {
    event.preventDefault();
    const taken = ready();
    if (taken === undefined) return;
    const { key: _, ...connection } = taken;
    connections.setKey(connection, key);
    connections.use(connection);
    page.closeSheet();
    document.getElementById("message")?.focus();
  };
  useEffect(() => {
    if (connections.keyFor(entered) === undefined) keyField.current?.focus();
    else list(entered);
    return () => work.current.abort();
  }, []);

  return (
    <Sheet id="connect" title="Connect a provider" closed={() => page.closeSheet()}>
      <form autocomplete="off" onSubmit={use}>
        <div class="sheet-body">
          <ProviderChoices servers={page.servers} choose={choose} />
          <div class="fields">
            {!isOwn && (
              <>
                <label>
                  Base URL
                  <input
                    type="url"
                    required
                    spellcheck={false}
                    autocomplete="off"
                    value={baseUrl}
                    onInput={({ currentTarget }) => change({ baseUrl: currentTarget.value })}
                    onChange={() => list(entered)}
                  />
                </label>
                <label>
                  Key
                  <input
                    ref={keyField}
                    type="password"
                    spellcheck={false}
                    autocomplete="off"
                    aria-describedby="key-note"
                    placeholder={needsKey(entered) ? "" : "none needed"}
                    value={key}
                    onInput={({ currentTarget }) => change({ key: currentTarget.value.trim() })}
                    onChange={() => list(entered)}
                  />
                </label>
                <p class="note" id="key-note">
                  In this tab’s memory until you close or reload it. It is sent to your own server, and from
                  there to this base URL alone.
                </p>
                <RememberSwitch page={page} />
              </>
            )}
            <ModelList
              value={model}
              models={models}
              note={note}
              changed={(name) => change({ model: name })}
            />
            {!isOwn && (
              <details>
                <summary>Protocol</summary>
                <label>
                  Spoken at this address
                  <select
                    value={provider ?? ""}
                    onChange={({ currentTarget: { value } }) => setEntered(spoken(entered, value))}
                  >
                    <option value="">By host and model name</option>
                    <option value="openai">OpenAI’s</option>
                    <option value="anthropic">Anthropic’s</option>
                  </select>
                </label>
              </details>
            )}
          </div>
        </div>
        <div class="sheet-foot">
          <p class={verdict.isBad ? "verdict bad" : "verdict"} role="status">
            {verdict.text}
          </p>
          <button type="button" class="plain" onClick={test}>
            Test
          </button>
          <button type="submit" class="primary">
            Use this
          </button>
        </div>
      </form>
    </Sheet>
  );
}

function withKey({ connections }: Page, connection: Connection): Entered {
  return { ...connection, key: connections.typedKey(connection) };
}

function spoken({ provider: _, ...entered }: Entered, protocol: string): Entered {
  return protocol === "openai" || protocol === "anthropic" ? { ...entered, provider: protocol } : entered;
}
