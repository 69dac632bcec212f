import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '#contracts';
import type { Faults } from '../faults.ts';
import type { Act, SessionName } from '../statements/plan.ts';
import type { Script } from '../statements/plan-script.ts';
import { BodyReader } from '../wire/read-body.ts';
import type { Frame } from '../wire/frame-splitter.ts';
import type { OpenBackend } from '../wire/open-backend.ts';
import { errorResponse } from '../wire/server-message.ts';
import * as say from '../wire/write-frame.ts';
import { Actor } from './actor.ts';
import { BackendLink } from './backend-link.ts';
import type { Asked } from './backend-link.ts';
import type { ClientLine } from './client-line.ts';
import { forClient } from './for-client.ts';
import type { Isolation } from './redshift-errors.ts';
import { runScript } from './run-script.ts';

export type SessionDeps = {
  /** what cannot be read comes back as one refusal */
  readonly plan: (sql: string) => Script;
  readonly faults: Faults;
  readonly isolation: Isolation;
  readonly log: Log;
};

/** Parsed in place of a statement that the emulator does itself: it returns no rows and changes nothing. */
const STAND_IN = 'reset session authorization';

/**
 * One client and its backend. Messages of the client are handled one after the other; what the backend can
 * answer is handed on without waiting. Before the emulator acts itself, everything that was handed on is
 * answered, so that the client sees answers in the order of its questions.
 */
export class Session {
  readonly #client: ClientLine;
  readonly #deps: SessionDeps;
  readonly #link: BackendLink;
  readonly #actor: Actor;
  /** acts among the client's prepared statements and portals, by name; all others are the backend's */
  readonly #statements = new Map<string, Act>();
  readonly #portals = new Map<string, Act>();

  constructor(client: ClientLine, backend: OpenBackend, who: SessionName, deps: SessionDeps) {
    this.#client = client;
    this.#deps = deps;
    this.#link = new BackendLink(backend, {
      onAside: (frame) => this.#hand(frame),
      onLost: () => client.end(),
    });
    client.holdBack(this.#link);
    this.#actor = new Actor(this.#link, client, who, deps);
  }

  /** @returns false when the client has said goodbye, or something that no client says */
  async handle(frame: Frame): Promise<boolean> {
    const reader = new BodyReader(frame.body);
    switch (frame.type) {
      case 'Q':
        await this.#query(frame, reader.text());
        break;
      case 'P':
        await this.#actor.remind('extended');
        this.#parse(frame, reader);
        break;
      case 'B':
        this.#bind(frame, reader);
        break;
      case 'E':
        await this.#execute(frame, reader.text());
        break;
      case 'C':
        this.#forget(reader);
        this.#forward('close', frame.bytes);
        break;
      case 'D':
        this.#forward('describe', frame.bytes);
        break;
      case 'S':
        this.#forward('sync', frame.bytes);
        break;
      case 'H':
        this.#link.say(frame.bytes);
        break;
      case 'F':
        this.#forward('query', frame.bytes);
        break;
      case 'd':
      case 'c':
      case 'f':
        // left over from a COPY that was refused; PostgreSQL ignores them as well
        break;
      case 'X':
        return false;
      default:
        return this.#refuseToTalk(frame.type);
    }
    await this.#link.drained();
    return true;
  }

  /** The client asks another connection to cancel what runs here. */
  cancel(): void {
    this.#actor.cancel();
  }

  /**
   * The client is gone. What runs outside a transaction block goes on to its end, as on Redshift
   * (reference/redshift-copy.md §1); a block is rolled back.
   */
  leave(): void {
    if (this.#actor.actsOutsideBlock) return;
    if (this.#link.status === 'I') this.#link.end(say.terminate());
    else this.#link.destroy();
  }

  destroy(): void {
    this.#actor.cancel();
    this.#link.destroy();
  }

  async #query(frame: Frame, sql: string): Promise<void> {
    if (this.#link.skipping) return;
    await this.#delay();
    await this.#actor.remind('simple');
    const { plans, asWritten } = this.#deps.plan(sql);
    if (!plans.every((plan) => plan.kind === 'forward')) {
      await this.#link.quiet();
      return runScript(plans, {
        link: this.#link,
        client: this.#client,
        actor: this.#actor,
        isolation: this.#deps.isolation,
      });
    }
    if (asWritten) return this.#forward('query', frame.bytes);
    this.#forward('query', say.query(plans.map((plan) => plan.sql).join(';\n')), 'no place');
  }

  #parse(frame: Frame, reader: BodyReader): void {
    const [name, sql] = [reader.text(), reader.text()];
    const { plans, asWritten } = this.#deps.plan(sql);
    const [plan] = plans;
    this.#statements.delete(name);
    // several statements are an error that the backend words best, and none is none
    if (plan === undefined || plans.length > 1 || asWritten) return this.#forward('parse', frame.bytes);
    if (plan.kind === 'refuse') return void this.#actor.refuse('extended', plan.problem);
    if (plan.kind === 'forward')
      return this.#forward('parse', say.parse(name, plan.sql, Buffer.from(reader.rest())), 'no place');
    this.#statements.set(name, plan.act);
    this.#forward('parse', say.parse(name, plan.standIn ?? STAND_IN));
  }

  #bind(frame: Frame, reader: BodyReader): void {
    const [portal, statement] = [reader.text(), reader.text()];
    const act = this.#statements.get(statement);
    if (act) this.#portals.set(portal, act);
    else this.#portals.delete(portal);
    this.#forward('bind', frame.bytes);
  }

  async #execute(frame: Frame, portal: string): Promise<void> {
    await this.#delay();
    const act = this.#portals.get(portal);
    if (!act) return this.#forward('execute', frame.bytes);
    this.#link.say(say.flush());
    await this.#link.quiet();
    if (!this.#link.skipping) await this.#actor.perform('extended', act, portal);
  }

  #forget(reader: BodyReader): void {
    const kind = String.fromCharCode(reader.byte());
    (kind === 'S' ? this.#statements : this.#portals).delete(reader.text());
  }

  /** `no place`: the text is not the client's, so where in it an error is says nothing to the client */
  #forward(asked: Asked, bytes: Buffer, errors?: 'no place'): void {
    this.#link.ask(bytes, { asked, onMessage: (frame) => this.#hand(frame, errors) });
  }

  #hand(frame: Frame, errors?: 'no place'): void {
    const bytes = forClient(frame, this.#deps.isolation, errors);
    if (bytes) this.#client.write(bytes);
  }

  #refuseToTalk(type: string): boolean {
    const message = `invalid frontend message type ${type.charCodeAt(0)}`;
    this.#client.end(errorResponse({ sqlState: '08P01', message, severity: 'FATAL' }));
    return false;
  }

  async #delay(): Promise<void> {
    const { latencyMs } = this.#deps.faults.settings;
    if (latencyMs > 0) await delay(latencyMs);
  }
}
