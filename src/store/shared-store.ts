import { parseJson } from "../core/json.ts";
import type { Log } from "../server/log.ts";
import { COMMAND_TIMEOUT_MS, type Entry, type RedisConnection, streamsOf, within } from "./connection.ts";
import type { StoreKey } from "./store-key.ts";
import type { WhyLost } from "./why-lost.ts";

/** How often a server says that it lives, and for how long that counts, in milliseconds. */
const BEAT_MS = 2_000;
const ALIVE_MS = 6_000;
/** How long a server waits for news before it asks anew. */
const BLOCK_MS = 2_000;
/** Until a store that was lost is tried again. */
const RETRY_MS = 500;
/** How long a message waits for the server that it is for. */
const MESSAGE_MS = 60_000;
const MOST_MESSAGES = "10000";
/** Most entries that are taken at once, of each stream. */
const MOST_ENTRIES = "200";

export interface SharedStoreOptions {
  /** Makes a connection that is not connected yet. */
  readonly connection: () => RedisConnection;
  /** Finds out why it cannot be reached. @param command one of those that are needed */
  readonly whyLost?: (command: readonly string[]) => Promise<WhyLost | undefined>;
  readonly key: StoreKey;
  readonly logger: Pick<Log, "info" | "warn">;
}

/**
 * The connection to the store (docs/protocol.md 12): one for commands, one that waits for entries of streams. Where the store
 * cannot be reached commands are refused at once, so that the server goes on alone, until it is back.
 */
export class SharedStore {
  /** What the servers call this one. */
  readonly replica = crypto.getRandomValues(new Uint8Array(8)).toHex();
  readonly key: StoreKey;
  readonly #options: SharedStoreOptions;
  readonly #followed = new Map<string, { after: string; onEntry: (entry: Entry) => void }>();
  readonly #onUp = new Set<() => void>();
  #onMessage: (message: unknown) => void = () => undefined;
  #commands: RedisConnection | undefined;
  #reader: RedisConnection | undefined;
  #upSince = 0;
  #isWaiting = false;
  #isClosed = false;
  #wasLost = false;

  constructor(options: SharedStoreOptions) {
    this.#options = options;
    this.key = options.key;
    const inbox = inboxOf(this.replica);
    const sealer = this.key.sealerFor(inbox);
    this.follow(inbox, "0", ({ fields: { m: sealed } }) => {
      if (sealed !== undefined) this.#onMessage(parseJson(sealer.open(sealed, inbox).toString()));
    });
  }

  /** Whether it can be reached. */
  get isUp(): boolean {
    return this.#commands !== undefined;
  }

  /** Whether every server that lives has had the time to say so since the store was reached. */
  get knowsWhoLives(): boolean {
    return this.isUp && performance.now() - this.#upSince > ALIVE_MS + BEAT_MS;
  }

  /** Connects, and stays connected, without anybody waiting for it. */
  start(): void {
    void this.#stayConnected();
  }

  /** Calls each time that the store has been reached. What was written before may be gone. */
  onUp(listener: () => void): void {
    this.#onUp.add(listener);
  }

  /** Sends a command. @throws where the store cannot be reached, or refuses it */
  async command(name: string, ...args: readonly (string | number)[]): Promise<unknown> {
    if (this.#commands === undefined) throw new Error("The store cannot be reached.");
    return await within(COMMAND_TIMEOUT_MS, this.#commands.send(name, args.map(String)));
  }

  /** Sends commands of whose answers nothing depends: what a lost store loses is written anew when it is back. */
  tell(name: string, ...args: readonly (string | number)[]): void {
    this.command(name, ...args).catch(() => undefined);
  }

  /** Calls for each entry of a stream that comes behind the one with this id. */
  follow(stream: string, after: string, onEntry: (entry: Entry) => void): void {
    this.#followed.set(stream, { after, onEntry });
    if (!this.#isWaiting) return;
    const inbox = inboxOf(this.replica);
    this.tell("XADD", inbox, "MAXLEN", "~", MOST_MESSAGES, "*", "wake", "1");
    this.tell("PEXPIRE", inbox, MESSAGE_MS);
  }

  unfollow(stream: string): void {
    this.#followed.delete(stream);
  }

  /** Sends a message to another server. @throws where the store cannot be reached */
  async send(replica: string, message: Readonly<Record<string, string>>): Promise<void> {
    const inbox = inboxOf(replica);
    const sealed = this.key.sealerFor(inbox).seal(JSON.stringify(message), inbox);
    await Promise.all([
      this.command("XADD", inbox, "MAXLEN", "~", MOST_MESSAGES, "*", "m", sealed),
      this.command("PEXPIRE", inbox, MESSAGE_MS),
    ]);
  }

  /** Takes messages of other servers. */
  onMessage(listener: (message: unknown) => void): void {
    this.#onMessage = listener;
  }

  /** Whether a server has said of late that it lives. @throws where the store cannot be reached */
  async isAlive(replica: string): Promise<boolean> {
    return (await this.command("GET", aliveName(replica))) !== null;
  }

  close(): void {
    this.#isClosed = true;
    this.tell("DEL", aliveName(this.replica), inboxOf(this.replica));
    this.#disconnect();
  }

  async #stayConnected(): Promise<void> {
    while (!this.#isClosed) {
      try {
        const { commands, reader } = await this.#connect();
        await Promise.race([this.#beat(commands), this.#read(reader)]);
      } catch (error) {
        this.#disconnect();
        if (!this.#isClosed) await this.#lost(error);
      }
      if (!this.#isClosed) await Bun.sleep(RETRY_MS);
    }
  }

  async #connect(): Promise<{ commands: RedisConnection; reader: RedisConnection }> {
    const commands = this.#options.connection();
    const reader = this.#options.connection();
    this.#reader = reader;
    try {
      await within(COMMAND_TIMEOUT_MS, Promise.all([commands.connect(), reader.connect()]));
      await within(COMMAND_TIMEOUT_MS, commands.send("SET", aliveOf(this.replica)));
    } catch (error) {
      commands.close();
      throw error;
    }
    this.#commands = commands;
    this.#upSince = performance.now();
    this.#options.logger.info({ store: "reached", msg: "The store is reached." });
    this.#wasLost = false;
    for (const listener of this.#onUp) listener();
    return { commands, reader };
  }

  #disconnect(): void {
    this.#commands?.close();
    this.#reader?.close();
    this.#commands = this.#reader = undefined;
  }

  /** @param error is not told: it may name the address with its password */
  async #lost(error: unknown): Promise<void> {
    if (this.#wasLost) return;
    this.#wasLost = true;
    const why = await this.#options.whyLost?.(["SET", ...aliveOf(this.replica)]).catch(() => undefined);
    const code = why?.code ?? (error instanceof Error && "code" in error ? String(error.code) : undefined);
    const words = why?.words === undefined ? "" : ` (${why.words})`;
    this.#options.logger.warn({
      store: "lost",
      ...(code === undefined ? {} : { code }),
      msg: `The store cannot be reached${words}: this server goes on alone.`,
    });
  }

  async #beat(commands: RedisConnection): Promise<void> {
    while (this.#commands === commands) {
      await Bun.sleep(BEAT_MS);
      await this.command("SET", ...aliveOf(this.replica));
      await this.command("PEXPIRE", inboxOf(this.replica), MESSAGE_MS);
    }
  }

  async #read(reader: RedisConnection): Promise<void> {
    while (this.#reader === reader) {
      const streams = [...this.#followed];
      this.#isWaiting = true;
      const args = ["COUNT", MOST_ENTRIES, "BLOCK", String(BLOCK_MS), "STREAMS"];
      for (const [name] of streams) args.push(name);
      for (const [, { after }] of streams) args.push(after);
      const reply = await within(BLOCK_MS + COMMAND_TIMEOUT_MS, reader.send("XREAD", args));
      this.#isWaiting = false;
      for (const [name, entries] of streamsOf(reply)) this.#take(name, entries);
    }
  }

  #take(name: string, entries: readonly Entry[]): void {
    for (const entry of entries) {
      const followed = this.#followed.get(name);
      if (followed === undefined) return;
      followed.after = entry.id;
      try {
        followed.onEntry(entry);
      } catch {
        // Written with another key, or by somebody else: it means nothing here.
      }
    }
  }
}

const inboxOf = (replica: string) => `nash-llm:to:${replica}`;

export const aliveName = (replica: string) => `nash-llm:alive:${replica}`;

const aliveOf = (replica: string) => [aliveName(replica), "1", "PX", String(ALIVE_MS)];
