import type { Client, ClientLimits } from "../clients/client.ts";
import type { Admission, ClientUsage, Refusal, Used } from "../clients/limits.ts";
import type { UsageInMemory } from "../clients/usage-in-memory.ts";
import { aliveName, type SharedStore } from "./shared-store.ts";

/** Answers that run are counted by server: those of one that is gone count no longer. A minute begins with its first request. */
const ADMIT = `
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local limits = cjson.decode(ARGV[1])
local day = math.floor(now / 86400000)
local function count(key, field) return tonumber(redis.call('HGET', key, field) or '0') end
if limits.costPerDay and count(KEYS[2], day) >= limits.costPerDay then
  return {'costPerDay', (day + 1) * 86400000 - now}
end
local left = redis.call('PTTL', KEYS[1])
if limits.tokensPerMinute and count(KEYS[1], 'tokens') >= limits.tokensPerMinute then
  return {'tokensPerMinute', left}
end
if limits.requestsPerMinute and count(KEYS[1], 'requests') >= limits.requestsPerMinute then
  return {'requestsPerMinute', left}
end
local own = tonumber(ARGV[2])
if own > 0 then
  local running = own - 1
  local all = redis.call('HGETALL', KEYS[3])
  for i = 1, #all, 2 do
    if all[i] ~= ARGV[3] then
      if redis.call('EXISTS', ARGV[4] .. all[i]) == 1 then running = running + tonumber(all[i + 1])
      else redis.call('HDEL', KEYS[3], all[i]) end
    end
  end
  if limits.streams and running >= limits.streams then return {'streams', 1000} end
  redis.call('HSET', KEYS[3], ARGV[3], own)
  redis.call('PEXPIRE', KEYS[3], 172800000)
end
redis.call('HINCRBY', KEYS[1], 'requests', 1)
if left < 0 then redis.call('PEXPIRE', KEYS[1], 60000) end
return {'', 0}`;

const SETTLE = `
local now = redis.call('TIME')
local day = math.floor(now[1] / 86400)
redis.call('HINCRBYFLOAT', KEYS[1], 'tokens', ARGV[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], 60000) end
redis.call('HINCRBYFLOAT', KEYS[2], day, ARGV[2])
redis.call('PEXPIRE', KEYS[2], 172800000)
redis.call('HSET', KEYS[3], ARGV[3], ARGV[4])
redis.call('PEXPIRE', KEYS[3], 172800000)
return 1`;

const LIMITS: ReadonlySet<string> = new Set([
  "requestsPerMinute",
  "tokensPerMinute",
  "streams",
  "costPerDay",
] satisfies (keyof ClientLimits)[]);

/** What clients have used at all servers together; where the store cannot be reached, at this one. */
export class UsageInStore implements ClientUsage {
  readonly #store: SharedStore;
  readonly #local: UsageInMemory;
  /** Those that this server let in by its own counts. */
  readonly #alone = new WeakSet<Admission>();
  /** Answers that run here, by client. */
  readonly #running = new Map<string, number>();
  /** What was used while the store could not be reached, by client. */
  readonly #untold = new Map<string, Used>();

  /** @param local decides while the store cannot be reached */
  constructor(store: SharedStore, local: UsageInMemory) {
    this.#store = store;
    this.#local = local;
    store.onUp(() => {
      for (const name of new Set([...this.#running.keys(), ...this.#untold.keys()])) this.#tell(name);
    });
  }

  async admit(client: Client, admission: Admission): Promise<Refusal | undefined> {
    const { name, limits } = client;
    if (admission.isAnswer) this.#count(name, 1);
    const refusal = await this.#ask(name, limits, admission.isAnswer).catch(() => {
      const refused = this.#local.admit(client, admission);
      if (refused === undefined) this.#alone.add(admission);
      return refused;
    });
    if (refusal !== undefined && admission.isAnswer) this.#count(name, -1);
    return refusal;
  }

  settle(client: Client, admission: Admission, used: Used): void {
    const { name } = client;
    if (admission.isAnswer) this.#count(name, -1);
    if (this.#alone.has(admission)) this.#local.settle(client, admission, used);
    else this.#local.spentBefore(client, used.cost);
    const before = this.#untold.get(name) ?? { tokens: 0, cost: 0 };
    this.#untold.set(name, { tokens: before.tokens + used.tokens, cost: before.cost + used.cost });
    this.#tell(name);
  }

  async #ask(name: string, limits: ClientLimits, isAnswer: boolean): Promise<Refusal | undefined> {
    const own = isAnswer ? (this.#running.get(name) ?? 0) : 0;
    const reply = await this.#evaluate(
      ADMIT,
      name,
      JSON.stringify(limits),
      own,
      this.#store.replica,
      aliveName(""),
    );
    const [limit, milliseconds] = Array.isArray(reply) ? (reply as unknown[]) : [];
    if (typeof limit !== "string" || !LIMITS.has(limit)) return undefined;
    return { limit: limit as keyof ClientLimits, retryAfter: Math.max(0, Number(milliseconds)) / 1000 };
  }

  /** Tells the store what was used since it was told last, and how many answers run. */
  #tell(name: string): void {
    if (!this.#store.isUp) return;
    const used = this.#untold.get(name) ?? { tokens: 0, cost: 0 };
    this.#untold.delete(name);
    const running = this.#running.get(name) ?? 0;
    this.#evaluate(SETTLE, name, used.tokens, used.cost, this.#store.replica, running).catch(() => {
      const since = this.#untold.get(name) ?? { tokens: 0, cost: 0 };
      this.#untold.set(name, { tokens: since.tokens + used.tokens, cost: since.cost + used.cost });
    });
  }

  #evaluate(script: string, name: string, ...args: readonly (string | number)[]): Promise<unknown> {
    const client = this.#store.key.nameOf("client", name);
    const keys = [`${client}:minute`, `${client}:day`, `${client}:running`];
    return this.#store.command("EVAL", script, keys.length, ...keys, ...args);
  }

  #count(name: string, change: number): void {
    const running = (this.#running.get(name) ?? 0) + change;
    if (running === 0) this.#running.delete(name);
    else this.#running.set(name, running);
  }
}
