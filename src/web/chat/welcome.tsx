import { isDemo } from "./connection.ts";
import { plural } from "./format.ts";
import type { Page } from "./page.ts";

const EXAMPLES = [
  "Hello! What are you, and what can you do?",
  "Explain server-sent events in three sentences.",
  "My name is Ada. Plan a quiet weekend in Lisbon for me.",
];

/** What an empty conversation shows. */
export function Welcome({ page }: { readonly page: Page }) {
  const connection = page.connections.current;
  const demo = isDemo(connection);
  const [first] = page.servers.filter((server) => !isDemo({ baseUrl: server.api_base_url }));
  return (
    <section class="welcome" aria-labelledby="welcome-title">
      <h2 id="welcome-title">What would you like to know?</h2>
      <p class="lead">
        {demo
          ? "You can begin at once: a demo inside this server answers, without a key and without a network."
          : `${connection.model} is connected. Conversations stay in this browser.`}
      </p>
      <ul class="examples">
        {EXAMPLES.map((text) => (
          <li>
            <button type="button" onClick={() => page.chat.send(text)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
      {demo && (
        <div class="found">
          <p>
            {first === undefined
              ? "For real answers, connect a provider or a model on this machine."
              : `${first.name} is running on this machine, with ${plural(first.models.length, "model")}.`}
          </p>
          <button type="button" class="plain" onClick={() => page.openSheet("connect")}>
            {first === undefined ? "Choose one" : `Connect ${first.name}`}
          </button>
        </div>
      )}
    </section>
  );
}
