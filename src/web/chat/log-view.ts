import { byId } from "../shared/dom.ts";
import type { Conversation, Turn } from "./conversation.ts";
import { createTurnView, type TurnActions, type TurnView } from "./turn-view.ts";

/** As near to its end, in pixels, the log follows new words again. */
const NEAR = 24;

/** Of the time, drawing takes at most one part in so many: a very long answer is drawn less often. */
const SHARE = 5;

interface Shown {
  readonly view: TurnView;
  turn: Turn | undefined;
  isLast: boolean;
}

/** The turns of a conversation. Drawn at most once for each frame of the screen, whatever comes in between. */
export class LogView {
  readonly #log = byId("log", HTMLElement);
  readonly #scroll = byId("scroll", HTMLElement);
  readonly #latest = byId("latest", HTMLButtonElement);
  readonly #actions: TurnActions;
  readonly #shown = new Map<string, Shown>();
  #conversation: Conversation | undefined;
  #drawnId: string | undefined;
  #isPlanned = false;
  #follows = true;
  #top = 0;
  #notBefore = 0;

  constructor(actions: TurnActions) {
    this.#actions = actions;
    this.#latest.addEventListener("click", () => this.toEnd());
    this.#scroll.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.#scroll;
      // Whoever scrolls up wants to read there, however little it was.
      if (scrollHeight - scrollTop - clientHeight < NEAR) this.#follows = true;
      else if (scrollTop < this.#top) this.#follows = false;
      this.#top = scrollTop;
      this.#latest.hidden = this.#follows;
    });
  }

  show(conversation: Conversation): void {
    this.#conversation = conversation;
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    const plan = () => requestAnimationFrame(() => this.#drawTimed());
    const wait = this.#notBefore - performance.now();
    if (wait > 0) setTimeout(plan, wait);
    else plan();
  }

  toEnd(): void {
    this.#follows = true;
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  #drawTimed(): void {
    const started = performance.now();
    this.#isPlanned = false;
    this.#draw();
    const ended = performance.now();
    this.#notBefore = ended + (ended - started) * (SHARE - 1);
  }

  #draw(): void {
    if (this.#conversation === undefined) return;
    const { id, turns } = this.#conversation;
    if (id !== this.#drawnId) this.#follows = true;
    this.#drawnId = id;
    this.#log.setAttribute(
      "aria-busy",
      String(turns.some((turn) => "state" in turn && turn.state === "writing")),
    );
    const ids = new Set(turns.map((turn) => turn.id));
    for (const [turnId, { view }] of this.#shown) {
      if (ids.has(turnId)) continue;
      view.node.remove();
      this.#shown.delete(turnId);
    }
    for (const [index, turn] of turns.entries()) this.#drawTurn(turn, index, index === turns.length - 1);
    if (this.#follows) this.toEnd();
    this.#latest.hidden = this.#follows;
  }

  #drawTurn(turn: Turn, index: number, isLast: boolean): void {
    let shown = this.#shown.get(turn.id);
    if (shown === undefined) {
      shown = { view: createTurnView(turn, this.#actions), turn: undefined, isLast };
      this.#shown.set(turn.id, shown);
    }
    const { node } = shown.view;
    if (this.#log.children[index] !== node) this.#log.insertBefore(node, this.#log.children[index] ?? null);
    if (shown.turn === turn && shown.isLast === isLast) return;
    shown.turn = turn;
    shown.isLast = isLast;
    shown.view.update(turn, isLast);
  }
}
