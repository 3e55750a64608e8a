import { type Batch, endsAnswer } from "../core/event.ts";
import type { Failure } from "../core/failure.ts";
import type { AttemptSpan, RequestSpan } from "../core/trace.ts";
import type { Answer, AttemptObserver } from "../upstream/open-stream.ts";

/** The attempts of one of several questions that a request asks side by side, in the eyes of a system for traces. */
export class TracedAttempts implements AttemptObserver {
  readonly #request: RequestSpan;
  readonly #provider: string;
  readonly #model: string;
  #span: AttemptSpan | undefined;

  /** @param model as it is asked for, without any key */
  constructor(request: RequestSpan, provider: string, model: string) {
    this.#request = request;
    this.#provider = provider;
    this.#model = model;
  }

  began(): Readonly<Record<string, string>> {
    this.#span = this.#request.attempt(this.#provider, this.#model);
    return this.#span.headers;
  }

  failed({ type }: Failure): void {
    this.#span?.end({}, type);
  }

  /** The same answer, whose end is noted. */
  watch(answer: Answer): Answer {
    const next = answer.next.bind(answer);
    answer.next = async () => {
      const batch = await next();
      if (batch !== undefined) this.#note(batch);
      return batch;
    };
    return answer;
  }

  #note(batch: Batch): void {
    const last = batch.at(-1);
    if (last === undefined || !endsAnswer(last)) return;
    if (last.type === "end") this.#span?.end({ usage: last.usage });
    if (last.type === "error") this.#span?.end({ usage: last.usage }, last.failure.type);
  }
}
