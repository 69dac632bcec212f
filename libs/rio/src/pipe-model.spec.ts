import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RedshiftIO } from './redshift-io.ts';
import { RioError } from './rio-error.ts';
import { openHarbour, optionsOf } from './trial-harbour.ts';
import type { Harbour } from './trial-harbour.ts';

/** bytes; a row of the trial has 21 with its line end, so that every fifth row makes a part */
const BUFFER_SIZE = 90;

/** What a pipe is, told in a few lines: rows that wait, rows that were sent, and a state. */
class Model {
  state: 'open' | 'sealed' | 'closed' = 'open';
  buffered: string[] = [];
  uploaded: string[] = [];
  /** the rows of each job */
  readonly sent: (readonly string[])[] = [];

  flush(isBroken: boolean): boolean {
    if (this.buffered.length === 0) return true;
    if (isBroken) return false;
    this.uploaded.push(...this.buffered);
    this.buffered = [];
    return true;
  }

  begin(): void {
    this.buffered = [];
    this.uploaded = [];
    this.state = 'open';
  }
}

type Real = { readonly pipe: RedshiftIO; readonly harbour: Harbour };
type Command = fc.AsyncCommand<Model, Real>;

async function codeOf(calling: Promise<unknown>): Promise<string> {
  return await calling.then(
    () => 'ok',
    (thrown: unknown) => (thrown instanceof RioError ? thrown.code : String(thrown)),
  );
}

const closed = 'PipeIsClosed';

function agree(said: string, wanted: string): void {
  if (said !== wanted) throw new Error(`the pipe says ${said}, the model ${wanted}`);
}

class Pack implements Command {
  readonly #row: string;
  readonly #isBroken: boolean;

  constructor(id: number, isBroken: boolean) {
    this.#row = JSON.stringify({ id: `row ${String(id).padStart(7, '0')}` });
    this.#isBroken = isBroken;
  }

  check = (): boolean => true;

  async run(model: Model, { pipe, harbour }: Real): Promise<void> {
    const buffered = [...model.buffered, this.#row];
    const isFull = buffered.join('\n').length + 1 > BUFFER_SIZE;
    if (this.#isBroken && isFull && model.state === 'open') harbour.failPut(1, { butStore: true });
    const said = await codeOf(pipe.pack(this.#row));
    if (model.state === 'closed') return agree(said, closed);
    if (model.state === 'sealed') return agree(said, 'PipeIsSealed');
    if (isFull && this.#isBroken) return agree(said, 'UploadFailed');
    agree(said, 'ok');
    model.buffered = buffered;
    if (isFull) model.flush(false);
  }

  toString = (): string => `pack(${this.#row}${this.#isBroken ? ', S3 breaks' : ''})`;
}

type Simple = {
  readonly name: string;
  readonly call: (pipe: RedshiftIO) => Promise<void>;
  /** what it says, and what becomes of the model */
  readonly after: (model: Model) => string;
};

const SIMPLE: readonly Simple[] = [
  {
    name: 'seal',
    call: (pipe) => pipe.seal(),
    after: (model) => {
      model.flush(false);
      model.state = 'sealed';
      return 'ok';
    },
  },
  {
    name: 'unseal',
    call: (pipe) => pipe.unseal(),
    after: (model) => {
      model.state = 'open';
      return 'ok';
    },
  },
  {
    name: 'reset',
    call: (pipe) => pipe.reset(),
    after: (model) => {
      model.begin();
      return 'ok';
    },
  },
  {
    name: 'closeWithoutSending',
    call: (pipe) => pipe.closeWithoutSending(),
    after: (model) => {
      model.state = 'closed';
      return 'ok';
    },
  },
  {
    name: 'createAndUploadCustomManifest',
    call: (pipe) => pipe.createAndUploadCustomManifest('own.manifest'),
    after: (model) => {
      if (model.state === 'open') return 'PackageNotSealed';
      model.flush(false);
      return 'ok';
    },
  },
];

class Call implements Command {
  readonly #simple: Simple;

  constructor(simple: Simple) {
    this.#simple = simple;
  }

  check = (): boolean => true;

  async run(model: Model, { pipe }: Real): Promise<void> {
    const said = await codeOf(this.#simple.call(pipe));
    agree(said, model.state === 'closed' ? closed : this.#simple.after(model));
  }

  toString = (): string => this.#simple.name;
}

type Trouble = 'none' | 'part' | 'config or manifest' | 'refused' | 'no answer';

class Send implements Command {
  readonly #trouble: Trouble;
  readonly #isLast: boolean;

  constructor(trouble: Trouble, isLast: boolean) {
    this.#trouble = trouble;
    this.#isLast = isLast;
  }

  check = (): boolean => true;

  async run(model: Model, { pipe, harbour }: Real): Promise<void> {
    const willSay = this.#expect(model, harbour);
    const said = await codeOf(this.#isLast ? pipe.close() : pipe.send());
    agree(said, willSay);
    if (said !== 'ok') return;
    if (this.#isLast) model.state = 'closed';
  }

  /** Prepares the trouble, where it can come at all, and says what the send will say. */
  #expect(model: Model, harbour: Harbour): string {
    if (model.state === 'closed') return closed;
    model.state = 'sealed';
    const hasPart = model.buffered.length > 0;
    const rows = [...model.uploaded, ...model.buffered];
    if (this.#trouble === 'part' && hasPart) {
      harbour.failPut(1, { butStore: true });
      return 'UploadFailed';
    }
    model.flush(false);
    if (rows.length > 0 && this.#trouble !== 'none' && this.#trouble !== 'part')
      return this.#fail(harbour, hasPart);
    if (rows.length > 0) model.sent.push(rows);
    model.begin();
    return 'ok';
  }

  #fail(harbour: Harbour, hasPart: boolean): string {
    if (this.#trouble === 'refused') harbour.answerNext(500, 'no');
    if (this.#trouble === 'no answer') harbour.answerNext(0, '');
    if (this.#trouble === 'refused' || this.#trouble === 'no answer') return 'JobNotAccepted';
    // counted from here: the part if there is one, then config unless it is there already, then manifest
    harbour.failPut(hasPart ? 2 : 1);
    return 'UploadFailed';
  }

  toString = (): string => `${this.#isLast ? 'close' : 'send'}(trouble: ${this.#trouble})`;
}

const trouble = fc.constantFrom<Trouble>(
  'none',
  'none',
  'part',
  'config or manifest',
  'refused',
  'no answer',
);
const commands = fc.commands(
  [
    fc.tuple(fc.nat(9_999_999), fc.boolean()).map(([id, isBroken]) => new Pack(id, isBroken)),
    fc.nat(9_999_999).map((id) => new Pack(id, false)),
    fc.nat(9_999_999).map((id) => new Pack(id, false)),
    fc.constantFrom(...SIMPLE.slice(0, 2)).map((simple) => new Call(simple)),
    fc.constantFrom(...SIMPLE).map((simple) => new Call(simple)),
    trouble.map((one) => new Send(one, false)),
    fc.tuple(trouble, fc.nat(4)).map(([one, rare]) => new Send(one, rare === 0)),
  ],
  { maxCommands: 60 },
);

describe('a pipe', () => {
  it('does what its model does, whatever fails: each row is in one part of one sent manifest', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (run) => {
        const harbour = openHarbour('ticks');
        const pipe = new RedshiftIO(optionsOf({ bufferSize: BUFFER_SIZE }), harbour.rim);
        const model = new Model();
        await fc.asyncModelRun(() => ({ model, real: { pipe, harbour } }), run);
        const sent = [];
        for (const index of harbour.jobs.keys()) sent.push(await harbour.rowsOfJob(index));
        expect(sent).toEqual(model.sent);
      }),
      { numRuns: 300 },
    );
  });

  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('pack' as const), rows: fc.integer({ min: 1, max: 9 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom('seal' as const, 'unseal' as const, 'send' as const) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('break' as const), put: fc.integer({ min: 1, max: 4 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('refuse' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const) }) },
  );

  it('loses and doubles no row of callers that do not wait for each other, and mixes no bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const harbour = openHarbour();
        const pipe = new RedshiftIO(optionsOf({ bufferSize: 500 }), harbour.rim);
        const packed: string[] = [];
        const calls: Promise<unknown>[] = [];
        let id = 0;
        const pack = async (): Promise<void> => {
          id += 1;
          const row = JSON.stringify({ id, text: 'x'.repeat(id % 7 === 0 ? 700 : id % 40) });
          await pipe.pack(row);
          packed.push(row);
        };
        for (const one of steps) {
          if (one.kind === 'pack') for (let n = 0; n < one.rows; n += 1) calls.push(codeOf(pack()));
          else if (one.kind === 'break') harbour.failPut(one.put, { butStore: one.put % 2 === 0 });
          else if (one.kind === 'refuse') harbour.answerNext(500, '');
          else if (one.kind === 'wait') await new Promise(setImmediate);
          else calls.push(codeOf(pipe[one.kind]()));
        }
        await Promise.all(calls);
        // troubles that are left over may break the last sends, so that they are made up for
        for (let tries = 0; (await codeOf(pipe.send())) !== 'ok'; tries += 1) expect(tries).toBeLessThan(100);
        const sent = [];
        for (const index of harbour.jobs.keys()) sent.push(...(await harbour.rowsOfJob(index)));
        expect(sent.toSorted()).toEqual(packed.toSorted());
      }),
      { numRuns: 100 },
    );
  });
});
