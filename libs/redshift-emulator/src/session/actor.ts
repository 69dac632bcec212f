import { asFailure } from '#contracts';
import type { Log } from '#contracts';
import { SessionMemory } from '../load/session-memory.ts';
import type { Act, SessionName, Stage } from '../statements/plan.ts';
import { errorResponse, noticeResponse, readMessageFields, StatementError } from '../wire/server-message.ts';
import type { Problem } from '../wire/server-message.ts';
import * as say from '../wire/write-frame.ts';
import type { BackendLink } from './backend-link.ts';
import type { ClientLine } from './client-line.ts';
import { translateError } from './for-client.ts';
import { BackendError, runInner, runPortal } from './inner-statement.ts';
import type { Protocol } from './inner-statement.ts';
import type { Isolation } from './redshift-errors.ts';

/**
 * Fails on the backend wherever a statement may stand, so that its transaction is aborted, and it waits for
 * Sync, exactly as if it had found our reason itself.
 */
const POISON = 'select 1 from "refused by the emulator"';
const TRANSACTION_ABORTED = '25P02';
const CANCELLED: Problem = { sqlState: '57014', message: "Query cancelled on user's request" };

export type ActorDeps = { readonly isolation: Isolation; readonly log: Log };

/** Performs what the emulator does itself, and sees to it that a failure leaves the backend in order. */
export class Actor {
  readonly #link: BackendLink;
  readonly #client: ClientLine;
  readonly #who: SessionName;
  readonly #deps: ActorDeps;
  #running: AbortController | undefined;
  readonly #memory = new SessionMemory();
  actsOutsideBlock = false;
  /** in one Query of several statements, the transaction around them that the client has not asked for */
  implicitBlock = false;

  constructor(link: BackendLink, client: ClientLine, who: SessionName, deps: ActorDeps) {
    this.#link = link;
    this.#client = client;
    this.#who = who;
    this.#deps = deps;
  }

  cancel(): void {
    this.#running?.abort(new StatementError(CANCELLED));
  }

  /**
   * @param portal the client's, in the extended protocol
   * @returns whether it was done; if not, the client knows why
   */
  async perform(protocol: Protocol, act: Act, portal?: string): Promise<boolean> {
    const running = new AbortController();
    this.#running = running;
    const stage = this.#stage(protocol, running, portal);
    this.actsOutsideBlock = !stage.inBlock;
    const wasBroken = this.#isBroken;
    try {
      const tag = await act(stage);
      this.#client.write(say.commandComplete(tag));
      return true;
    } catch (thrown) {
      await this.#fail(protocol, thrown, { wasBroken });
      return false;
    } finally {
      this.#running = undefined;
      this.actsOutsideBlock = false;
    }
  }

  /**
   * Before a statement that may ask for it: the backend knows what the session remembers. `simple` where no
   * Sync will follow.
   */
  async remind(protocol: Protocol): Promise<void> {
    if (this.#link.skipping || this.#link.status === 'E') return;
    const settings = this.#memory.takeSettings();
    if (settings === undefined) return;
    this.#link.say(say.flush());
    await this.#link.quiet();
    try {
      await runInner(this.#link, protocol, settings);
    } catch (thrown) {
      if (!(thrown instanceof StatementError)) throw thrown;
      // the transaction has failed meanwhile: another time
      this.#memory.doubt();
    }
  }

  /** Tells the client, unless its transaction was aborted before: then the backend says so. */
  refuse(protocol: Protocol, problem: Problem): Promise<void> {
    if (protocol === 'simple' && this.#link.status === 'I') {
      this.#client.write(errorResponse(problem));
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#link.ask(protocol === 'simple' ? say.query(POISON) : say.parse('', POISON), {
        asked: protocol === 'simple' ? 'query' : 'parse',
        onMessage: ({ type, body, bytes }) => {
          if (type !== 'E') return;
          const aborted = readMessageFields(body).get('C') === TRANSACTION_ABORTED;
          this.#client.write(aborted ? bytes : errorResponse(problem));
        },
        onEnd: () => resolve(),
      });
    });
  }

  /** The backend answers nothing but that its transaction is aborted, or nothing at all before Sync. */
  get #isBroken(): boolean {
    return this.#link.skipping || this.#link.status === 'E';
  }

  async #fail(protocol: Protocol, thrown: unknown, { wasBroken }: { wasBroken: boolean }): Promise<void> {
    if (thrown instanceof BackendError) {
      this.#client.write(translateError(thrown.fields, this.#deps.isolation));
      return;
    }
    const problem = this.#problemOf(thrown);
    // What this statement did on the backend has failed there already, e.g. a COPY whose data broke off.
    if (!wasBroken && this.#isBroken) this.#client.write(errorResponse(problem));
    else await this.refuse(protocol, problem);
  }

  #problemOf(thrown: unknown): Problem {
    if (thrown instanceof StatementError) return thrown.problem;
    const { message } = asFailure(thrown);
    this.#deps.log.error({ error: thrown }, 'the emulator failed to perform a statement');
    return { sqlState: 'XX000', message: `redshift-emulator: ${message}` };
  }

  #stage(protocol: Protocol, running: AbortController, portal?: string): Stage {
    const run: Stage['run'] = (sql, streams) => runInner(this.#link, protocol, sql, streams);
    const inBlock = this.#link.status !== 'I' && !this.implicitBlock;
    const isOpen = protocol === 'extended' || this.#link.status !== 'I';
    return {
      run,
      runItself: (sql) => (portal === undefined ? run(sql) : runPortal(this.#link, portal)),
      inTransaction: (work) => (isOpen ? work() : this.#inOwnTransaction(run, work)),
      commitNow: () => this.#commitNow(run, inBlock || protocol === 'simple'),
      inBlock,
      notify: (notice) => this.#client.write(noticeResponse(notice)),
      signal: running.signal,
      abort: (problem) => running.abort(new StatementError(problem)),
      hangUp: () => this.#client.cut(),
      who: this.#who,
      memory: this.#memory,
    };
  }

  /** Amid a series of the extended protocol it is Sync that commits. */
  async #commitNow(run: Stage['run'], here: boolean): Promise<void> {
    this.implicitBlock = false;
    if (!here || this.#link.status === 'I') return;
    this.#memory.doubt();
    await run('commit');
  }

  async #inOwnTransaction<T>(run: Stage['run'], work: () => Promise<T>): Promise<T> {
    await run('begin');
    try {
      const result = await work();
      await run('commit');
      return result;
    } catch (thrown) {
      if (!this.#link.lost && this.#link.status !== 'I') await run('rollback');
      throw thrown;
    }
  }
}
