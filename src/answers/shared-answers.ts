import type { HeldAnswer, Keeper } from "./held-answer.ts";

/** What another server may ask of the one that makes an answer, and what it needs to hold answers of others. */
export interface OwnAnswers extends Keeper {
  readonly holdMs: number;
  own(id: string): HeldAnswer | undefined;
  stopHere(id: string, owner: string | undefined): unknown;
  forget(answer: HeldAnswer): void;
}

/** The answers of several servers, in a store that they share (docs/protocol.md 12). None of it throws, or waits for long. */
export interface SharedAnswers {
  attach(own: OwnAnswers): void;
  /** One that can be stopped has begun, or is over. */
  add(id: string, owner: string | undefined): void;
  remove(id: string): void;
  /** One that is held has begun, */
  hold(answer: HeldAnswer): void;
  /** has grown or is over, */
  onNews(answer: HeldAnswer): void;
  /** or is to be forgotten everywhere: nobody finds it any more, here or elsewhere. */
  delete(id: string): void;
  /** An answer that another server makes or has made, as it comes. */
  find(id: string): Promise<HeldAnswer | undefined>;
  stop(id: string, owner: string | undefined): Promise<"stopped" | "deleted" | undefined>;
}
