/** Processes of our own: what is measured must not share one with what loads it. */

/** Functions that one process offers another. What they take and give goes through as JSON. */
export type Calls = Readonly<Record<string, (...args: never[]) => unknown>>;

export interface Child<C extends Calls> {
  readonly pid: number;
  call<N extends keyof C & string>(name: N, ...args: Parameters<C[N]>): Promise<Awaited<ReturnType<C[N]>>>;
  stop(): Promise<void>;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** Starts a file as a process that offers these calls. */
export function startChild<C extends Calls>(file: string): Child<C> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let next = 0;
  const child = Bun.spawn([process.execPath, file], {
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
    serialization: "json",
    ipc({ id, result, error }: Answer) {
      const call = waiting.get(id);
      waiting.delete(id);
      if (error === undefined) call?.resolve(result);
      else call?.reject(new Error(error));
    },
    onExit() {
      for (const call of waiting.values()) call.reject(new Error(`${file} ended.`));
    },
  });
  return {
    pid: child.pid,
    call(name, ...args) {
      const call = Promise.withResolvers<unknown>();
      waiting.set(next, call);
      child.send({ id: next++, name, args });
      return call.promise as Promise<never>;
    },
    async stop() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** Offers calls to the process that started this one. */
export function offer(calls: Readonly<Record<string, (...args: never[]) => unknown>>): void {
  process.on("message", async ({ id, name, args }: { id: number; name: string; args: never[] }) => {
    try {
      const result = await calls[name]?.(...args);
      process.send?.({ id, result: result ?? null });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
}

/** Milliseconds since 1970, with fractions: the same clock in all processes. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
