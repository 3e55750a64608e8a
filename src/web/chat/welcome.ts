import type { LocalServer } from "../../client/index.ts";
import { button, byId, element } from "../shared/dom.ts";
import { type Connection, isDemo } from "./connection.ts";
import { plural } from "./format.ts";

const EXAMPLES = [
  "Hello! What are you, and what can you do?",
  "Explain server-sent events in three sentences.",
  "My name is Ada. Plan a quiet weekend in Lisbon for me.",
];

/**
 * What an empty conversation shows.
 * @param ask sends an example
 * @param connect opens the panel for providers
 */
export function createWelcome(ask: (text: string) => void, connect: () => void) {
  const section = byId("welcome", HTMLElement);
  const lead = byId("welcome-lead", HTMLElement);
  const found = byId("found", HTMLElement);
  byId("examples", HTMLElement).append(
    ...EXAMPLES.map((text) =>
      element(
        "li",
        {},
        button(text, () => ask(text)),
      ),
    ),
  );

  return {
    show(isEmpty: boolean, connection: Connection, servers: readonly LocalServer[]) {
      section.hidden = !isEmpty;
      const demo = isDemo(connection);
      lead.textContent = demo
        ? "You can begin at once: a demo inside this server answers, without a key and without a network."
        : `${connection.model} is connected. Conversations stay in this browser.`;
      const [first] = servers.filter((server) => !isDemo({ baseUrl: server.api_base_url }));
      const offer =
        first === undefined
          ? "For real answers, connect a provider or a model on this machine."
          : `${first.name} is running on this machine, with ${plural(first.models.length, "model")}.`;
      const action = button(first === undefined ? "Choose one" : `Connect ${first.name}`, connect, {
        class: "plain",
      });
      found.replaceChildren(...(demo ? [element("p", {}, offer), action] : []));
    },
  };
}
