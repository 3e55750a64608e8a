import { type LocalServer, NashError } from "../../client/index.ts";
import { button, byId, element } from "../shared/dom.ts";
import { type Connection, type Connections, DEMO, hostOf, isDemo, needsKey } from "./connection.ts";
import { shownFailure, wordsFor } from "./failure-words.ts";
import { plural, seconds } from "./format.ts";
import { PRESETS } from "./presets.ts";
import type { Server } from "./server.ts";
import { prepareSheet } from "./sheet.ts";

const TEST_QUESTION = "Answer with the one word: ready";

/** The panel in which a provider is chosen, tried and taken. */
export class ConnectSheet {
  readonly #server: Server;
  readonly #connections: Connections;
  readonly #used: () => void;
  readonly #dialog = byId("connect-sheet", HTMLDialogElement);
  readonly #baseUrl = byId("base-url", HTMLInputElement);
  readonly #key = byId("key", HTMLInputElement);
  readonly #model = byId("model", HTMLInputElement);
  readonly #protocol = byId("protocol", HTMLSelectElement);
  readonly #models = byId("models", HTMLElement);
  readonly #modelNote = byId("model-note", HTMLElement);
  readonly #verdict = byId("verdict", HTMLElement);
  #work = new AbortController();

  /** @param used called when a connection has been taken */
  constructor(server: Server, connections: Connections, used: () => void) {
    this.#server = server;
    this.#connections = connections;
    this.#used = used;
    prepareSheet(this.#dialog);
    this.#dialog.addEventListener("close", () => this.#work.abort());
    byId("connect-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#use();
    });
    byId("test", HTMLButtonElement).addEventListener("click", () => this.#test());
    this.#key.addEventListener("change", () => this.#list());
    this.#baseUrl.addEventListener("change", () => this.#addressChanged());
    byId("presets", HTMLElement).append(
      ...PRESETS.map(({ label, address }) =>
        element(
          "li",
          {},
          button(label, () => this.#choose(`https://${address}`, [])),
        ),
      ),
    );
    this.showLocal([]);
  }

  /** @param reason why it opens by itself, where it does */
  open(reason = ""): void {
    const { current } = this.#connections;
    this.#fill(current);
    this.#say(reason);
    this.#dialog.showModal();
    const keyIsMissing = this.#connections.keyFor(current) === undefined;
    if (keyIsMissing) this.#key.focus();
    else this.#list();
  }

  /** The model servers that run on this machine, found ones first and the demo always. */
  showLocal(servers: readonly LocalServer[]): void {
    const found = servers.filter((server) => !isDemo({ baseUrl: server.api_base_url }));
    const demo = { name: "Demo", api_base_url: DEMO.baseUrl, models: [DEMO.model] };
    byId("local", HTMLElement).replaceChildren(
      ...[...found, demo].map(({ name, api_base_url: baseUrl, models }) => {
        const about = isDemo({ baseUrl })
          ? "scripted words, no AI, no key"
          : `${hostOf({ baseUrl })} · ${plural(models.length, "model")}`;
        const choice = button("", () => this.#choose(baseUrl, models));
        choice.append(element("b", {}, name), element("span", {}, about));
        return element("li", {}, choice);
      }),
    );
  }

  #fill({ baseUrl, model, provider }: Connection): void {
    this.#baseUrl.value = baseUrl;
    this.#model.value = model;
    this.#protocol.value = provider ?? "";
    this.#key.value = this.#connections.typedKey({ baseUrl });
    this.#addressChanged();
  }

  #choose(baseUrl: string, models: readonly string[]): void {
    this.#fill({ baseUrl, model: models[0] ?? "" });
    this.#say("");
    if (models.length > 0) this.#offer(models);
    if (models.length === 0 || isDemo({ baseUrl })) this.#list();
    (this.#connections.keyFor({ baseUrl }) === undefined ? this.#key : this.#model).focus();
  }

  #addressChanged(): void {
    const { baseUrl } = this.#entered();
    this.#offer([]);
    this.#key.placeholder = needsKey({ baseUrl }) ? "" : "none needed";
  }

  #entered(): Connection & { readonly key: string } {
    const { value: provider } = this.#protocol;
    return {
      baseUrl: this.#baseUrl.value.trim(),
      model: this.#model.value.trim(),
      key: this.#key.value.trim(),
      ...(provider === "openai" || provider === "anthropic" ? { provider } : {}),
    };
  }

  /** What was entered, with the key that would be sent; says what is missing where something is. */
  #ready(needsModel: boolean): (Connection & { readonly key: string }) | undefined {
    const entered = this.#entered();
    const address = { baseUrl: entered.baseUrl };
    if (URL.parse(entered.baseUrl) === null) {
      this.#say("The base URL must be an address such as those above.", true);
    } else if (entered.key === "" && needsKey(address)) {
      this.#say("This provider needs a key. It is kept in memory only.", true);
      this.#key.focus();
    } else if (needsModel && entered.model === "") {
      this.#say("Name the model.", true);
      this.#model.focus();
    } else return { ...entered, key: entered.key || "none" };
    return undefined;
  }

  #use(): void {
    const ready = this.#ready(true);
    if (ready === undefined) return;
    const { key, ...connection } = ready;
    this.#connections.setKey(connection, this.#entered().key);
    this.#connections.use(connection);
    this.#dialog.close();
    this.#used();
  }

  /** Asks the provider for its models, as soon as there is enough to ask with. */
  async #list(): Promise<void> {
    const { baseUrl, key, provider } = this.#entered();
    if (URL.parse(baseUrl) === null || (key === "" && needsKey({ baseUrl }))) return;
    const { signal } = this.#begin();
    this.#modelNote.textContent = "Asking for the models…";
    try {
      const request = { api_base_url: baseUrl, api_key: key || "none", provider };
      const models = await this.#server.call((client) => client.models(request, { signal }));
      this.#offer(models.map(({ id }) => id));
    } catch (error) {
      if (signal.aborted) return;
      this.#modelNote.textContent = "";
      const isOldServer =
        error instanceof NashError && error.status === 404 && error.providerStatus === undefined;
      if (error instanceof NashError && !isOldServer) this.#say(sentence(error), true);
      if (isOldServer) this.#modelNote.textContent = "Type the model’s name as the provider writes it.";
    }
  }

  #offer(models: readonly string[]): void {
    this.#models.replaceChildren(...models.map((id) => element("option", { value: id })));
    this.#modelNote.textContent =
      models.length === 0 ? "" : `${plural(models.length, "model")} to choose from.`;
  }

  /** Puts one small question and says in plain words how it went. */
  async #test(): Promise<void> {
    const ready = this.#ready(true);
    if (ready === undefined) return;
    const { signal } = this.#begin();
    const { baseUrl, key, model, provider } = ready;
    this.#say(`Asking ${model}…`);
    const started = performance.now();
    try {
      const request = {
        messages: [{ role: "user", content: TEST_QUESTION }] as const,
        model,
        api_base_url: baseUrl,
        api_key: key,
        provider,
      };
      await this.#server.call(async (client) => {
        // The first word is proof enough; leaving here ends the answer.
        for await (const event of client.stream(request, { signal })) if (event.type === "text") break;
      });
      this.#say(`It works: ${model} answered after ${seconds(performance.now() - started)}.`);
    } catch (error) {
      if (!signal.aborted) this.#say(error instanceof NashError ? sentence(error) : String(error), true);
    }
  }

  /** One thing at a time: what was being asked before is not waited for. */
  #begin(): AbortController {
    this.#work.abort();
    this.#work = new AbortController();
    return this.#work;
  }

  #say(text: string, isBad = false): void {
    this.#verdict.textContent = text;
    this.#verdict.classList.toggle("bad", isBad);
    if (text !== "") this.#verdict.scrollIntoView({ block: "nearest" });
  }
}

function sentence(error: NashError): string {
  const { title, advice } = wordsFor(shownFailure(error));
  return `${title} ${advice} It says: ${error.message}`;
}
