import type { LocalServer } from "../../client/index.ts";
import { type Connection, DEMO, hostOf, isDemo } from "./connection.ts";
import { plural } from "./format.ts";
import { PRESETS } from "./presets.ts";

interface ChoicesProps {
  readonly servers: readonly LocalServer[];
  readonly choose: (connection: Connection) => void;
}

/** What can be connected with a click: model servers of this machine, found ones first, and providers. */
export function ProviderChoices({ servers, choose }: ChoicesProps) {
  const found = servers.filter((server) => !isDemo({ baseUrl: server.api_base_url }));
  const local = found.map(({ name, api_base_url: baseUrl, models }) => ({
    name,
    about: `${hostOf({ baseUrl })} · ${plural(models.length, "model")}`,
    connection: { baseUrl, model: models[0] ?? "" },
  }));
  const fixed = [
    {
      name: "This server’s own routes",
      about: "as its settings say, no key",
      connection: { baseUrl: "", model: "" },
    },
    { name: "Demo", about: "scripted words, no AI, no key", connection: DEMO },
  ];
  return (
    <>
      <section aria-labelledby="local-title">
        <h3 id="local-title">On this machine</h3>
        <ul class="choices">
          {[...local, ...fixed].map(({ name, about, connection }) => (
            <li>
              <button type="button" onClick={() => choose(connection)}>
                <b>{name}</b>
                <span>{about}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="presets-title">
        <h3 id="presets-title">Over the network</h3>
        <ul class="chips">
          {PRESETS.map(({ label, address }) => (
            <li>
              <button type="button" onClick={() => choose({ baseUrl: `https://${address}`, model: "" })}>
                {label}
              </button>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
