import { useEffect } from "preact/hooks";
import { Composer } from "./composer.tsx";
import { ConnectSheet } from "./connect-sheet.tsx";
import { hostOf, isDemo } from "./connection.ts";
import { Icon } from "./icon.tsx";
import { Log } from "./log.tsx";
import { Meter } from "./meter.tsx";
import type { Page } from "./page.ts";
import { SettingsSheet } from "./settings-sheet.tsx";
import { Sidebar } from "./sidebar.tsx";
import { TokenSheet } from "./token-sheet.tsx";
import { UseSheet } from "./use-sheet.tsx";

/** The chat page. */
export function App({ page }: { readonly page: Page }) {
  const { current } = page.chat;
  const title = current.turns.length === 0 ? "nash-llm" : `${current.title} · nash-llm`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  useEffect(() => document.getElementById("message")?.focus(), [current.id]);
  return (
    <>
      <Sidebar page={page} />
      <div class="stage" inert={page.isSidebarOpen}>
        <Top page={page} />
        <Log page={page} />
        <footer class="foot">
          <p class="notice" role="status">
            {page.notice}
          </p>
          <Composer page={page} key={current.id} />
          <div class="under">
            <Meter page={page} />
            <p class="hint">
              <kbd>Enter</kbd> sends, <kbd>Shift</kbd> <kbd>Enter</kbd> makes a new line
            </p>
          </div>
        </footer>
      </div>
      {page.sheet?.name === "connect" && <ConnectSheet page={page} reason={page.sheet.reason} />}
      {page.sheet?.name === "settings" && <SettingsSheet page={page} />}
      {page.sheet?.name === "use" && <UseSheet page={page} />}
      {page.tokenQuestion && <TokenSheet page={page} />}
    </>
  );
}

function Top({ page }: { readonly page: Page }) {
  const { chat, connections } = page;
  const { turns, settings = {} } = chat.current;
  const label = `${connections.current.model} · ${hostOf(connections.current)}`;
  const cannotSummarize = chat.busy !== undefined || turns.length < 2 || turns.at(-1)?.role === "summary";
  return (
    <header class="top">
      {isDemo(connections.current) && (
        <div class="ribbon">
          <p>
            <strong>DEMO, not an AI</strong>{" "}
            <span>Scripted words, streamed by the real server. Nothing leaves this machine.</span>
          </p>
        </div>
      )}
      <div class="bar">
        <button
          type="button"
          class="quiet only-narrow"
          id="open-sidebar"
          aria-label="Conversations"
          aria-expanded={page.isSidebarOpen}
          aria-controls="sidebar"
          onClick={() => page.showSidebar(true)}
        >
          <Icon name="menu" />
        </button>
        <button
          type="button"
          class="connection"
          aria-label={`Model: ${label}`}
          onClick={() => page.openSheet("connect")}
        >
          {label}
        </button>
        <div class="tools">
          <Tool
            label="Settings"
            icon="settings"
            isOn={Object.keys(settings).length > 0}
            act={() => page.openSheet("settings")}
          />
          <Tool label="Summarize" icon="summarize" disabled={cannotSummarize} act={() => chat.summarize()} />
          <Tool label="Connect a provider" icon="plug" act={() => page.openSheet("connect")} />
          <Tool label="Use it from your app" icon="code" act={() => page.openSheet("use")} />
        </div>
      </div>
    </header>
  );
}

interface ToolProps {
  readonly label: string;
  readonly icon: Parameters<typeof Icon>[0]["name"];
  readonly act: () => void;
  readonly disabled?: boolean;
  /** It shows that something was set with it. */
  readonly isOn?: boolean;
}

function Tool({ label, icon, act, disabled = false, isOn = false }: ToolProps) {
  return (
    <button type="button" class={isOn ? "quiet on" : "quiet"} disabled={disabled} onClick={act}>
      <span class="wide">{label}</span>
      <Icon name={icon} class="narrow" />
    </button>
  );
}
