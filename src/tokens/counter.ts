import type { Encoding, WorkerReply, WorkerRequest } from "./worker-messages.ts";

/** Texts sent to the worker in one go, before the event loop gets its turn: about a millisecond. */
const TEXTS_AT_ONCE = 1_000;

interface Waiting {
  settle(result: number | Error): void;
}

/** Counts tokens on a thread of its own, which starts with the first question and again if it has died. */
export class Counter {
  readonly #spawn: () => Bun.Worker;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Bun.Worker | undefined;
  #lastId = 0;

  /** @param spawn starts a thread that understands `WorkerRequest` and answers with `WorkerReply` */
  constructor(spawn: () => Bun.Worker) {
    this.#spawn = spawn;
  }

  /**
   * The tokens of all texts together, each counted by itself.
   *
   * Rejects with the signal's reason as soon as it aborts (the work is then dropped), and with an Error if
   * the thread dies or is closed meanwhile.
   */
  count(texts: readonly string[], encoding: Encoding, signal?: AbortSignal): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    if (signal?.aborted) {
      reject(signal.reason);
      return promise;
    }
    const some = texts.filter((text) => text !== "");
    if (some.length === 0) {
      resolve(0);
      return promise;
    }
    const id = ++this.#lastId;
    const worker = this.#running();
    const leave = (): void => {
      this.#waiting.delete(id);
      signal?.removeEventListener("abort", abort);
      // The thread itself must not keep the process alive, but somebody who waits for it may.
      if (this.#waiting.size === 0) worker.unref();
    };
    const abort = (): void => {
      leave();
      worker.postMessage({ id, kind: "cancel" } satisfies WorkerRequest);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort);
    this.#waiting.set(id, {
      settle(result) {
        leave();
        if (typeof result === "number") resolve(result);
        else reject(result);
      },
    });
    worker.ref();
    void this.#send(worker, id, some, encoding);
    return promise;
  }

  /** Ends the thread; whoever waits gets an Error. The next count starts a new one. */
  close(): void {
    if (this.#worker !== undefined) this.#lose(this.#worker, new Error("the token counter was closed"));
  }

  async #send(worker: Bun.Worker, id: number, texts: readonly string[], encoding: Encoding): Promise<void> {
    for (const [index, text] of texts.entries()) {
      if (index > 0 && index % TEXTS_AT_ONCE === 0) {
        await new Promise((resolve) => setImmediate(resolve));
        if (!this.#waiting.has(id)) return;
      }
      const last = index === texts.length - 1;
      worker.postMessage({ id, kind: "text", encoding, text, last } satisfies WorkerRequest);
    }
  }

  #running(): Bun.Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = this.#spawn();
    worker.unref();
    worker.addEventListener("message", (event: Event) => {
      const answer = (event as MessageEvent<WorkerReply>).data;
      const result =
        "tokens" in answer ? answer.tokens : new Error(`the token counter failed: ${answer.error}`);
      this.#waiting.get(answer.id)?.settle(result);
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#lose(worker, new Error("the token counter died", { cause: event.message }));
    });
    worker.addEventListener("close", () => this.#lose(worker, new Error("the token counter died")));
    this.#worker = worker;
    return worker;
  }

  /** Gives a worker up. It may have been given up before: an error is followed by a close. */
  #lose(worker: Bun.Worker, why: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const waiting of [...this.#waiting.values()]) waiting.settle(why);
    worker.terminate();
  }
}

/**
 * Starts the tokenizer's thread. In a bundle the worker is an entry point beside `src/main.ts`, so it lies at
 * its path below `src`; the address must be absolute, since Bun looks up others in the folder it is started in.
 */
export function spawnTokenizer(): Bun.Worker {
  const file = Bun.isStandaloneExecutable ? "./tokens/worker.js" : "./worker.ts";
  // The DOM's type, which hides Bun's, knows neither `ref` nor `unref`.
  return new Worker(new URL(file, import.meta.url)) as Bun.Worker;
}
