import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Frame } from '../wire/frame-splitter.ts';
import type { FrameSplitter } from '../wire/frame-splitter.ts';
import type { OpenBackend } from '../wire/open-backend.ts';
import type { TransactionStatus } from '../wire/write-frame.ts';

/** The messages that are answered, each by the ends of its answer (Postgres manual §55.2). */
const ENDS = {
  query: 'Z',
  sync: 'Z',
  parse: '1',
  bind: '2',
  close: '3',
  describe: 'Tn',
  execute: 'CIs',
} as const;

export type Asked = keyof typeof ENDS;

/** `skipped`: an earlier message of the same series failed, and the backend waits for Sync. */
export type Outcome = 'done' | 'failed' | 'skipped';

export type Expectation = {
  readonly asked: Asked;
  /** every message of the answer, the end and an error included */
  readonly onMessage: (frame: Frame) => void;
  readonly onEnd?: (outcome: Outcome) => void;
};

export type LinkEvents = {
  /** notices, parameters, notifications, and errors that answer nothing */
  readonly onAside: (frame: Frame) => void;
  readonly onLost: () => void;
};

/**
 * The connection to the backend as a queue of questions: whatever is sent says who takes the answer. So the
 * emulator can put its own statements between those of the client, and still hand on everything else
 * without waiting for it.
 *
 * After an error in the extended protocol the backend ignores all messages up to the next Sync; the queue
 * does the same (`failed`, then `skipped`), otherwise every later answer would go to the wrong place.
 */
export class BackendLink {
  readonly #socket: Socket;
  readonly #splitter: FrameSplitter;
  readonly #events: LinkEvents;
  readonly #queue: Expectation[] = [];
  readonly #waiting: (() => void)[] = [];
  #skipping = false;
  #lost = false;
  #status: TransactionStatus = 'I';

  constructor({ socket, splitter }: OpenBackend, events: LinkEvents) {
    this.#socket = socket;
    this.#splitter = splitter;
    this.#events = events;
    socket.on('error', () => undefined);
    socket.once('close', () => this.#end());
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
  }

  /** as the last ReadyForQuery said */
  get status(): TransactionStatus {
    return this.#status;
  }

  /** an error has happened, and nothing is done before Sync */
  get skipping(): boolean {
    return this.#skipping;
  }

  get lost(): boolean {
    return this.#lost;
  }

  ask(bytes: Buffer, expectation: Expectation): void {
    if (this.#lost || (this.#skipping && expectation.asked !== 'sync')) {
      expectation.onEnd?.('skipped');
      return;
    }
    if (expectation.asked === 'sync') this.#skipping = false;
    this.#queue.push(expectation);
    this.#socket.write(bytes);
  }

  /** What has no answer of its own: Flush, CopyData, Terminate. */
  say(bytes: Buffer): void {
    if (!this.#lost) this.#socket.write(bytes);
  }

  /** Until the backend takes more; at once when it does, or when it is gone. */
  async drained(): Promise<void> {
    if (this.#lost || !this.#socket.writableNeedDrain) return;
    const settled = new AbortController();
    const { signal } = settled;
    await Promise.race([once(this.#socket, 'drain', { signal }), once(this.#socket, 'close', { signal })]);
    settled.abort();
  }

  /** Until everything asked so far is answered; the caller sees to it that it will be (Flush or Sync). */
  async quiet(): Promise<void> {
    if (this.#queue.length > 0 && !this.#lost)
      await new Promise<void>((resolve) => void this.#waiting.push(resolve));
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** What is running goes on to its end, as with a client that leaves politely. */
  end(bytes: Buffer): void {
    if (!this.#lost) this.#socket.end(bytes);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#splitter.add(chunk);
    try {
      for (let next = this.#splitter.next(); next; next = this.#splitter.next()) this.#take(next);
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
      this.#socket.destroy();
    }
  }

  #take(message: Frame): void {
    const [head] = this.#queue;
    if ('NSA'.includes(message.type) || head === undefined) return this.#events.onAside(message);
    if (message.type === 'Z') this.#status = statusOf(message);
    head.onMessage(message);
    if (ENDS[head.asked].includes(message.type)) this.#settle('done');
    else if (message.type === 'E' && ENDS[head.asked] !== 'Z') this.#fail();
  }

  #settle(outcome: Outcome): void {
    this.#queue.shift()?.onEnd?.(outcome);
    if (this.#queue.length === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #fail(): void {
    this.#skipping = !this.#queue.some(({ asked }) => asked === 'sync');
    this.#settle('failed');
    while (this.#queue[0] !== undefined && this.#queue[0].asked !== 'sync') this.#settle('skipped');
  }

  #end(): void {
    this.#lost = true;
    while (this.#queue.length > 0) this.#settle('failed');
    for (const resolve of this.#waiting.splice(0)) resolve();
    this.#events.onLost();
  }
}

function statusOf(ready: Frame): TransactionStatus {
  const letter = String.fromCharCode(ready.body[0] ?? 0);
  return letter === 'T' || letter === 'E' ? letter : 'I';
}
