import type { HeldAnswer } from "../answers/held-answer.ts";
import type { OwnAnswers, SharedAnswers } from "../answers/shared-answers.ts";
import { asObject, asText } from "../core/json.ts";
import { placeOf, readRecord } from "./answer-record.ts";
import { MirroredAnswer } from "./mirrored-answer.ts";
import { RunningAnswers } from "./running-answers.ts";
import type { SharedStore } from "./shared-store.ts";
import { UploadedAnswer } from "./uploaded-answer.ts";

/** Text waits for so long, so that many tokens are written at once. */
const WRITE_EVERY_MS = 20;
const TICK_MS = 1_000;
/** After so many ticks the store is told that answers run still. */
const TOUCH_TICKS = 20;
/** How long the last text may take to be written when the server stops. */
const LAST_WRITE_MS = 1_000;
/** As many answers may be deleted while the store cannot be told. */
const MOST_UNTOLD = 10_000;

/** The answers of this server for the others, and theirs for this one's clients. */
export class AnswersInStore implements SharedAnswers {
  readonly #store: SharedStore;
  readonly #running: RunningAnswers;
  readonly #uploads = new Map<HeldAnswer, UploadedAnswer>();
  readonly #mirrors = new Map<string, Promise<MirroredAnswer | undefined>>();
  /** Those that are followed, or kept for a while, whether they can still be found or not. */
  readonly #openMirrors = new Set<MirroredAnswer>();
  /** What was deleted while the store could not be told, and the server that made it where it is another one. */
  readonly #untold = new Map<string, string | undefined>();
  /** Uploads with something to be written. */
  readonly #news = new Set<UploadedAnswer>();
  #own: OwnAnswers | undefined;
  #writeTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #ticker: ReturnType<typeof setInterval>;
  #ticks = 0;

  constructor(store: SharedStore) {
    this.#store = store;
    this.#running = new RunningAnswers(store, (id) => this.#own?.own(id) !== undefined);
    store.onMessage((message) => this.#onMessage(message));
    store.onUp(() => this.#restart());
    this.#ticker = setInterval(() => void this.#tick(), TICK_MS);
    this.#ticker.unref();
  }

  attach(own: OwnAnswers): void {
    this.#own = own;
  }

  add(id: string, owner: string | undefined): void {
    this.#running.add(id, owner);
  }

  remove(id: string): void {
    this.#running.remove(id);
  }

  hold(answer: HeldAnswer): void {
    const own = this.#own;
    if (own === undefined) return;
    const { graceMs, holdMs } = own;
    const upload = new UploadedAnswer(answer, this.#store, { graceMs, holdMs });
    this.#uploads.set(answer, upload);
    // Not with the next text: somebody may ask for it elsewhere as soon as its headers are out.
    void upload.write();
  }

  onNews(answer: HeldAnswer): void {
    const upload = this.#uploads.get(answer);
    if (upload === undefined) return;
    this.#news.add(upload);
    this.#writeTimer ??= setTimeout(() => void this.#write(), WRITE_EVERY_MS);
  }

  delete(id: string): void {
    // First: its producer, once it has forgotten it, would find it in the store like any other's.
    this.#store.command("DEL", placeOf(this.#store.key, id).record).catch(() => this.#tellLater(id));
    this.#forgetHere(id);
    void this.#forgetElsewhere(id);
  }

  async find(id: string): Promise<HeldAnswer | undefined> {
    let opening = this.#mirrors.get(id);
    if (opening !== undefined) {
      (await opening)?.touch();
      if (await this.#isGone(id)) {
        this.#mirrors.delete(id);
        return undefined;
      }
      // It may have been let go of while the store was asked.
      opening = this.#mirrors.get(id);
    }
    if (opening === undefined) {
      opening = this.#open(id);
      this.#mirrors.set(id, opening);
      if ((await opening) === undefined) this.#mirrors.delete(id);
    }
    const mirror = await opening;
    mirror?.touch();
    return mirror?.answer;
  }

  async stop(id: string, owner: string | undefined): Promise<"stopped" | "deleted" | undefined> {
    const record = await readRecord(this.#store, id);
    if (record === undefined || record.owner !== owner) return undefined;
    try {
      // The record says so a moment after the text.
      const isOver = record.isOver === true || (await this.#mirrors.get(id))?.answer.isOver === true;
      const isRunning = !isOver && (await this.#store.isAlive(record.replica));
      if (isRunning)
        await this.#store.send(record.replica, { stop: id, ...(owner === undefined ? {} : { owner }) });
      if (isRunning) return "stopped";
    } catch {
      return undefined;
    }
    if (record.held === undefined) return undefined;
    this.delete(id);
    this.#store.tell("DEL", placeOf(this.#store.key, id).text);
    await this.#tellToForget(id, record.replica);
    return "deleted";
  }

  /** Writes what is left, as far as there is time. */
  async close(): Promise<void> {
    clearInterval(this.#ticker);
    clearTimeout(this.#writeTimer);
    const deadline = performance.now() + LAST_WRITE_MS;
    while (this.#store.isUp && [...this.#uploads.values()].some(({ isDone }) => !isDone)) {
      if (performance.now() > deadline) break;
      for (const upload of this.#uploads.values()) void upload.write();
      await Bun.sleep(WRITE_EVERY_MS / 2);
    }
  }

  async #write(): Promise<void> {
    this.#writeTimer = undefined;
    const news = [...this.#news];
    this.#news.clear();
    await Promise.all(news.map((upload) => upload.write()));
    for (const upload of news) this.#dropIfDone(upload);
  }

  /** What the store has whole, and this server holds no longer, is of no further use here. */
  #dropIfDone(upload: UploadedAnswer): void {
    const { answer } = upload;
    const isHeld = this.#own?.own(answer.id) === answer;
    if (!isHeld && (upload.isDone || !this.#store.isUp)) this.#uploads.delete(answer);
  }

  /** The store is there, perhaps with nothing in it. */
  #restart(): void {
    const untold = [...this.#untold];
    this.#untold.clear();
    for (const [id, producer] of untold) {
      const { record, text } = placeOf(this.#store.key, id);
      this.#store.command("DEL", record, text).catch(() => this.#tellLater(id, producer));
      if (producer !== undefined) void this.#tellToForget(id, producer);
    }
    this.#running.tellAll();
    for (const upload of this.#uploads.values()) {
      upload.restart();
      this.onNews(upload.answer);
    }
    for (const mirror of this.#openMirrors) mirror.restart();
  }

  async #open(id: string): Promise<MirroredAnswer | undefined> {
    const record = await readRecord(this.#store, id);
    const own = this.#own;
    if (record?.held === undefined || own === undefined) return undefined;
    const mirror = new MirroredAnswer({ ...record, held: record.held }, this.#store, own);
    try {
      await mirror.open(record.isOver === true);
    } catch {
      mirror.close();
      return undefined;
    }
    this.#openMirrors.add(mirror);
    return mirror;
  }

  /** Whether it was deleted at another server, or its time is over. */
  async #isGone(id: string): Promise<boolean> {
    if (!this.#store.knowsWhoLives) return false;
    const { record } = placeOf(this.#store.key, id);
    return (await this.#store.command("EXISTS", record).catch(() => undefined)) === 0;
  }

  /** Who reads it elsewhere reads it to its end. */
  #forgetHere(id: string): void {
    for (const [answer, upload] of this.#uploads) if (answer.id === id) upload.forget();
  }

  /** Nobody finds its mirror any more, which stays for those who read it. */
  async #forgetElsewhere(id: string): Promise<void> {
    const opening = this.#mirrors.get(id);
    this.#mirrors.delete(id);
    const mirror = await opening;
    if (mirror === undefined) return;
    if (mirror.answer.isOver) this.#store.tell("DEL", placeOf(this.#store.key, id).text);
    await this.#tellToForget(id, mirror.replica);
  }

  #tellToForget(id: string, producer: string): Promise<void> {
    return this.#store.send(producer, { forget: id }).catch(() => this.#tellLater(id, producer));
  }

  #tellLater(id: string, producer?: string): void {
    if (this.#untold.size < MOST_UNTOLD) this.#untold.set(id, producer ?? this.#untold.get(id));
  }

  #onMessage(message: unknown): void {
    const { stop, read, forget, owner } = asObject(message) ?? {};
    const own = this.#own;
    if (own === undefined) return;
    const [stopped, seen, gone] = [asText(stop), asText(read), asText(forget)];
    if (stopped !== undefined) own.stopHere(stopped, asText(owner) ?? own.own(stopped)?.options.owner);
    if (seen !== undefined) own.own(seen)?.readElsewhere();
    if (gone === undefined) return;
    this.#forgetHere(gone);
    const answer = own.own(gone);
    if (answer !== undefined) own.forget(answer);
  }

  async #tick(): Promise<void> {
    for (const upload of this.#uploads.values()) this.#dropIfDone(upload);
    if (++this.#ticks % TOUCH_TICKS === 0) {
      for (const upload of this.#uploads.values()) if (!upload.isDone) upload.touch();
      this.#running.tellAll();
    }
    const alive = new Map<string, boolean | undefined>();
    for (const { replica } of this.#openMirrors) alive.set(replica, undefined);
    const ask = async (replica: string) => {
      if (this.#store.isUp) alive.set(replica, await this.#store.isAlive(replica).catch(() => undefined));
    };
    await Promise.all([...alive.keys()].map(ask));
    for (const mirror of this.#openMirrors) {
      mirror.tick(alive.get(mirror.replica));
      if (!mirror.isUnread) continue;
      this.#openMirrors.delete(mirror);
      this.#mirrors.delete(mirror.answer.id);
      mirror.close();
    }
  }
}
