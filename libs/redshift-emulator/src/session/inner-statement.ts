import type { Readable } from 'node:stream';
import type { Frame } from '../wire/frame-splitter.ts';
import { BodyReader } from '../wire/read-body.ts';
import { problemOf, readMessageFields, StatementError } from '../wire/server-message.ts';
import type { MessageFields, Problem } from '../wire/server-message.ts';
import * as say from '../wire/write-frame.ts';
import type { BackendLink, Outcome } from './backend-link.ts';

/** `simple`: by Query; `extended`: amid a client's series of messages, whose transaction goes on. */
export type Protocol = 'simple' | 'extended';

export type Row = readonly (string | null)[];
export type InnerResult = {
  readonly rows: readonly Row[];
  readonly tag: string;
  readonly columns: readonly { readonly name: string }[];
};

/** The name that the emulator's own statements have on the backend. */
const OWN_STATEMENT = 'dopplershift_emulator';

/** What the backend itself refused; its transaction is aborted already. */
export class BackendError extends StatementError {
  readonly fields: MessageFields;

  constructor(fields: MessageFields, problem: Problem = problemOf(fields)) {
    super(problem);
    this.name = 'BackendError';
    this.fields = fields;
  }
}

export type Streams = {
  /** what to send when the statement is a COPY … FROM STDIN; its error ends the statement */
  readonly copyIn?: Readable;
  /** each row of a COPY … TO STDOUT; the backend is held back until what it returns is settled */
  readonly onCopyData?: (row: Buffer) => Promise<void> | undefined;
};

/**
 * Runs one statement of the emulator's own in the client's session; the client sees nothing of it.
 * @throws BackendError; what `copyIn` failed with; StatementError 08006 when the backend is gone
 */
export async function runInner(
  link: BackendLink,
  protocol: Protocol,
  sql: string,
  streams: Streams = {},
): Promise<InnerResult> {
  const answer = new InnerAnswer(link, protocol, streams);
  const expect = answer.expectation;
  if (protocol === 'simple') link.ask(say.query(sql), { asked: 'query', ...expect });
  else {
    // left from the one before
    for (const what of ['portal', 'statement'] as const)
      link.ask(say.close(what, OWN_STATEMENT), { asked: 'close', onMessage: expect.onMessage });
    link.ask(say.parse(OWN_STATEMENT, sql), { asked: 'parse', onMessage: expect.onMessage });
    link.ask(say.bindPlain(OWN_STATEMENT, OWN_STATEMENT), { asked: 'bind', onMessage: expect.onMessage });
    link.ask(say.describePortal(OWN_STATEMENT), { asked: 'describe', onMessage: expect.onMessage });
    link.ask(say.execute(OWN_STATEMENT), { asked: 'execute', ...expect });
    link.say(say.flush());
  }
  return answer.result;
}

/** Runs a portal that the client has bound, as `runInner` does a statement of the emulator's own. */
export async function runPortal(link: BackendLink, portal: string): Promise<InnerResult> {
  const answer = new InnerAnswer(link, 'extended', {});
  link.ask(say.execute(portal), { asked: 'execute', ...answer.expectation });
  link.say(say.flush());
  return answer.result;
}

class InnerAnswer {
  readonly #link: BackendLink;
  readonly #protocol: Protocol;
  readonly #streams: Streams;
  readonly #rows: Row[] = [];
  readonly result: Promise<InnerResult>;
  #resolve: (result: InnerResult) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #tag = '';
  #columns: InnerResult['columns'] = [];
  #refusal: MessageFields | undefined;
  /** why the data could not be sent: more to the point than what the backend says about it */
  #sendFailure: unknown;
  #sending: Promise<void> | undefined;

  constructor(link: BackendLink, protocol: Protocol, streams: Streams) {
    this.#link = link;
    this.#protocol = protocol;
    this.#streams = streams;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get expectation(): { onMessage: (frame: Frame) => void; onEnd: (outcome: Outcome) => void } {
    return { onMessage: (frame) => this.#take(frame), onEnd: (outcome) => void this.#end(outcome) };
  }

  #take({ type, body }: Frame): void {
    if (type === 'D') this.#rows.push(readRow(body));
    else if (type === 'T') this.#columns = readColumns(body);
    else if (type === 'd') this.#holdBack(this.#streams.onCopyData?.(body));
    else if (type === 'C') this.#tag = new BodyReader(body).text();
    else if (type === 'E') {
      this.#refusal ??= readMessageFields(body);
      // the backend takes no more of it
      this.#streams.copyIn?.destroy();
    } else if (type === 'G') this.#sending = this.#send(this.#streams.copyIn);
  }

  #holdBack(until: Promise<void> | undefined): void {
    if (!until) return;
    this.#link.pause();
    const resume = (): void => this.#link.resume();
    until.then(resume, resume);
  }

  async #send(body: Readable | undefined): Promise<void> {
    try {
      for await (const part of body ?? []) {
        if (this.#refusal) return;
        this.#link.say(say.copyData(part));
        await this.#link.drained();
      }
      this.#link.say(say.copyDone());
    } catch (thrown) {
      if (this.#refusal) return;
      this.#sendFailure = thrown;
      this.#link.say(say.copyFail('the emulator stopped'));
    }
    if (this.#protocol === 'extended') this.#link.say(say.flush());
  }

  async #end(outcome: Outcome): Promise<void> {
    this.#streams.copyIn?.destroy();
    await this.#sending;
    if (this.#sendFailure !== undefined && !this.#link.lost) return this.#reject(this.#sendFailure);
    if (this.#refusal) return this.#reject(new BackendError(this.#refusal));
    if (outcome === 'done')
      return this.#resolve({ rows: this.#rows, tag: this.#tag, columns: this.#columns });
    const message = this.#link.lost
      ? 'the backend has closed the connection'
      : 'an earlier statement of this series failed';
    this.#reject(new StatementError({ sqlState: this.#link.lost ? '08006' : '25P02', message }));
  }
}

function readRow(body: Buffer): Row {
  const reader = new BodyReader(body);
  const cells: (string | null)[] = [];
  for (let left = reader.int16(); left > 0; left--) {
    const length = reader.int32();
    cells.push(length < 0 ? null : reader.take(length).toString('utf8'));
  }
  return cells;
}

function readColumns(body: Buffer): { readonly name: string }[] {
  const reader = new BodyReader(body);
  return Array.from({ length: reader.int16() }, () => {
    const name = reader.text();
    // table (4), attribute (2), type (4), its length (2) and modifier (4), format (2)
    reader.take(18);
    return { name };
  });
}
