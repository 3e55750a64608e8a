/** A store in memory for several servers, which can be lost, hang or be slow. It knows what held answers need. */

import { Secret } from "../../src/core/secret.ts";
import type { Entry } from "../../src/store/connection.ts";
import type { SharedStore } from "../../src/store/shared-store.ts";
import { StoreKey } from "../../src/store/store-key.ts";

type Server = Pick<
  SharedStore,
  | "replica"
  | "key"
  | "isUp"
  | "knowsWhoLives"
  | "onUp"
  | "command"
  | "tell"
  | "follow"
  | "unfollow"
  | "send"
  | "onMessage"
  | "isAlive"
>;

export function startFakeStore() {
  const values = new Map<string, string>();
  const streams = new Map<string, Entry[]>();
  const servers = new Map<string, { hear(message: unknown): void; read(stream: string): void }>();
  const onUp: (() => void)[] = [];
  const slowness = new Map<string, number>();
  let entries = 0;
  let state: "up" | "lost" | "hanging" = "up";

  function run(command: string, args: readonly string[]): unknown {
    const [name = "", value = ""] = args;
    switch (command) {
      case "GET":
        return values.get(name) ?? null;
      case "SET":
        return values.set(name, value) && "OK";
      case "DEL":
        return args.filter((each) => values.delete(each) || streams.delete(each)).length;
      case "EXISTS":
        return values.has(name) ? 1 : 0;
      case "XADD": {
        const words = args.slice(args.indexOf("*") + 1);
        const fields = Object.fromEntries(
          words.flatMap((word, i) => (i % 2 === 0 ? [[word, words[i + 1] ?? ""]] : [])),
        );
        const id = `${++entries}-0`;
        streams.set(name, [...(streams.get(name) ?? []), { id, fields }]);
        for (const server of servers.values()) server.read(name);
        return id;
      }
      case "XRANGE":
        return (streams.get(name) ?? []).map(({ id, fields }) => [id, Object.entries(fields).flat()]);
      default:
        return 1;
    }
  }

  function serverNamed(replica: string): SharedStore {
    const followed = new Map<string, { at: number; onEntry: (entry: Entry) => void }>();
    const read = (stream: string) => {
      const place = followed.get(stream);
      const all = streams.get(stream) ?? [];
      while (place !== undefined && place.at < all.length) {
        const entry = all[place.at++];
        if (entry !== undefined) place.onEntry(entry);
      }
    };
    let listener: (message: unknown) => void = () => undefined;
    servers.set(replica, { hear: (message) => listener(message), read });
    const server: Server = {
      replica,
      key: new StoreKey(new Secret("k".repeat(40))),
      get isUp() {
        return state !== "lost";
      },
      knowsWhoLives: true,
      onUp: (up) => void onUp.push(up),
      async command(name, ...args) {
        await Bun.sleep(slowness.get(name) ?? 0);
        if (state !== "up") throw new Error("the store does not answer");
        return run(name, args.map(String));
      },
      tell: (name, ...args) => void server.command(name, ...args).catch(() => undefined),
      follow(stream, after, onEntry) {
        const all = streams.get(stream) ?? [];
        followed.set(stream, {
          at: after === "0" ? 0 : all.findIndex(({ id }) => id === after) + 1,
          onEntry,
        });
        queueMicrotask(() => read(stream));
      },
      unfollow: (stream) => void followed.delete(stream),
      async send(to, message) {
        if (state !== "up") throw new Error("the store does not answer");
        queueMicrotask(() => servers.get(to)?.hear(message));
      },
      onMessage(heard) {
        listener = heard;
      },
      isAlive: () => Promise.resolve(true),
    };
    return server as SharedStore;
  }

  return {
    serverNamed,
    lose() {
      state = "lost";
    },
    /** Nothing is answered, and nobody has noticed yet. */
    hang() {
      state = "hanging";
    },
    comeBack() {
      state = "up";
      for (const up of onUp) up();
    },
    slow: (command: string, milliseconds: number) => void slowness.set(command, milliseconds),
  };
}
