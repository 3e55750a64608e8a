/** What is shown of an answer that has no end, in characters. */
const LONGEST_SHOWN = 200_000;

/** The server's token, once it was asked for. In memory alone. */
let token = "";

for (const form of document.querySelectorAll<HTMLFormElement>("form.try")) prepare(form);
closeContentsWhereNarrow();

/** On a narrow window the contents would stand before everything else. */
function closeContentsWhereNarrow(): void {
  const contents = document.querySelector<HTMLDetailsElement>("details.contents");
  const narrow = matchMedia("(max-width: 900px)");
  const fit = () => {
    if (contents !== null) contents.open = !narrow.matches;
  };
  fit();
  narrow.addEventListener("change", fit);
  contents?.addEventListener("click", ({ target }) => {
    if (narrow.matches && target instanceof Element && target.closest("a") !== null) contents.open = false;
  });
}

/** Makes a form ask this server what it says, and show what comes back as it comes. */
function prepare(form: HTMLFormElement): void {
  const part = <T extends HTMLElement>(selector: string) => form.querySelector<T>(selector);
  const body = part<HTMLTextAreaElement>("textarea");
  const submit = part<HTMLButtonElement>("[type=submit]");
  const stop = part<HTMLButtonElement>("[data-stop]");
  const status = part(".status");
  const result = part(".result");
  if (submit === null || stop === null || status === null || result === null) return;
  let running = new AbortController();
  form.hidden = false;

  const run = async () => {
    running = new AbortController();
    submit.hidden = true;
    stop.hidden = false;
    result.hidden = false;
    result.textContent = "";
    status.textContent = "Asking…";
    const started = performance.now();
    try {
      const response = await ask(form, body?.value, running.signal);
      status.textContent = `${response.status} · ${response.headers.get("content-type") ?? ""}`;
      await show(response, result);
      status.append(` · ${Math.round(performance.now() - started)} ms`);
      if (response.status === 401) status.append(tokenField());
    } catch {
      status.textContent = running.signal.aborted
        ? "Stopped."
        : "nash-llm does not answer. Is it still running?";
    }
    submit.hidden = false;
    stop.hidden = true;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  stop.addEventListener("click", () => {
    running.abort();
    submit.hidden = false;
    submit.focus();
  });
}

function ask({ dataset }: HTMLFormElement, body: string | undefined, signal: AbortSignal): Promise<Response> {
  const { method = "GET", path = "/" } = dataset;
  const headers = {
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...(token === "" ? {} : { "x-nash-llm-token": token }),
    // The demo of the examples wants a key, as real providers do, and takes any.
    authorization: "Bearer any-word",
  };
  return fetch(path, { method, headers, signal, ...(body === undefined ? {} : { body }) });
}

/** Streams as they come, JSON set out in lines. */
async function show(response: Response, result: HTMLElement): Promise<void> {
  if (response.headers.get("content-type")?.startsWith("application/json")) {
    result.textContent = JSON.stringify(await response.json(), null, 2);
    return;
  }
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (let length = 0; reader !== undefined && length < LONGEST_SHOWN; ) {
    const { done, value } = await reader.read();
    if (done) return;
    length += value.length;
    result.append(value);
    result.scrollTop = result.scrollHeight;
  }
}

function tokenField(): HTMLElement {
  const label = document.createElement("label");
  const input = document.createElement("input");
  label.className = "token";
  input.type = "password";
  input.autocomplete = "off";
  input.addEventListener("input", () => {
    token = input.value.trim();
  });
  label.append("This server’s token, kept in memory only", input);
  return label;
}
