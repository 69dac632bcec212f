import type { SessionMemory } from '../load/session-memory.ts';
import type { InnerResult, Streams } from '../session/inner-statement.ts';
import type { Notice, Problem } from '../wire/server-message.ts';

/** What a client's statement comes to on a PostgreSQL. */
export type Plan =
  /** the backend runs this text in its place, and its answer is the client's */
  | { readonly kind: 'forward'; readonly sql: string; readonly transaction?: 'begin' }
  /** the emulator does it, with statements of its own in the client's session */
  | {
      readonly kind: 'act';
      readonly act: Act;
      readonly transaction?: 'end';
      /** what is parsed in its place where a client prepares it; default: something that returns no rows */
      readonly standIn?: string;
    }
  | { readonly kind: 'refuse'; readonly problem: Problem };

/** @returns the command tag @throws StatementError */
export type Act = (stage: Stage) => Promise<string>;

/** What an act works with: the client's session, and nobody else's. */
export type Stage = {
  readonly run: (sql: string, streams?: Streams) => Promise<InnerResult>;
  /** the client's own statement, which `standIn` is; in an aborted transaction nothing else may run */
  readonly runItself: (sql: string) => Promise<InnerResult>;
  /** in the transaction that is open, else in one of its own */
  readonly inTransaction: <T>(work: () => Promise<T>) => Promise<T>;
  /** commits what is open, as a statement does that cannot be rolled back */
  readonly commitNow: () => Promise<void>;
  /** the client has begun a transaction block */
  readonly inBlock: boolean;
  readonly notify: (notice: Notice) => void;
  /** aborted when the client cancels, with the error to report as its reason */
  readonly signal: AbortSignal;
  /** ends the statement from within */
  readonly abort: (problem: Problem) => void;
  /** ends the client's connection without another word */
  readonly hangUp: () => void;
  readonly who: SessionName;
  readonly memory: SessionMemory;
};

export type SessionName = {
  /** of the backend, as pg_backend_pid() says */
  readonly pid: number;
  readonly user: string;
  readonly database: string;
};

export function refuse(problem: Problem): Plan {
  return { kind: 'refuse', problem };
}
