import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asFailure, Failure, Secret } from '#contracts';
import type { FileRef, LoadRequested } from '#contracts';
import type { ObjectStore } from '#object-store';
import { startEmulator } from '#redshift-emulator';
import type { Emulator } from '#redshift-emulator';
import { freshDatabase } from '#testing';
import { copyOf, EVERYTHING, mergeOf, requestOf, runContext } from '../postgres/trial-warehouse.ts';
import { openTrial } from './trial-warehouse.ts';
import type { Trial } from './trial-warehouse.ts';

const ITEMS = { schema: 'public', table: 'items' };

let trial: Trial<Emulator>;
/** what stands behind the emulator */
let backend: string;
/** what the loader meets at the store instead of the file */
let lost: Map<string, Failure>;
/** keys that the stand-in, not the loader, may not read */
let denied: Set<string>;

/** The store as a role sees it that may not read everything. */
function seenByCopy(store: ObjectStore): ObjectStore {
  const open: ObjectStore['open'] = async (ref, options) => {
    if (denied.has(ref.key)) throw new Failure('access-denied', `GetObject ${ref.key}: Access Denied`);
    return await store.open(ref, options);
  };
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = name === 'open' ? open : Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

beforeEach(async () => {
  backend = await freshDatabase();
  const backendUrl = new Secret(backend);
  lost = new Map();
  denied = new Set();
  const lose = ({ key }: FileRef): Failure | undefined => lost.get(key);
  trial = await openTrial({ start: (store) => startEmulator({ backendUrl, s3: seenByCopy(store) }), lose });
  await trial.sql('create table items (id int, name varchar(10))');
});
afterEach(() => trial.close());

async function items(): Promise<string[]> {
  const rows = await trial.sql("select id || ' ' || name as item from items order by 1");
  return rows.map((row) => String(row['item']));
}

function append(...files: FileRef[]): LoadRequested {
  return requestOf({ steps: [copyOf({ files, apply: 'append', keys: [] })] });
}

function replace(...files: FileRef[]): LoadRequested {
  const steps = [EVERYTHING, copyOf({ files, apply: 'append', keys: [] })];
  return requestOf({ once: { kind: 'Whole' }, steps });
}

const statuses = async (running: Promise<{ files: readonly { status: string }[] }>): Promise<string[]> =>
  (await running).files.map((file) => file.status);

async function failureOf(running: Promise<unknown>): Promise<Failure> {
  try {
    await running;
  } catch (thrown) {
    return asFailure(thrown);
  }
  throw new Error('it did not fail');
}

describe('a plan that is announced again', () => {
  it('loads each file once, and leaves no COPY manifest', async () => {
    const [a, b] = [await trial.put('a', '1|x\n'), await trial.put('b', '2|y\n')];
    expect(await statuses(trial.run(append(a)))).toEqual(['loaded']);
    expect(await statuses(trial.run(append(a, b)))).toEqual(['already-loaded', 'loaded']);
    expect(await trial.run(append(a, b))).toMatchObject({ outcome: 'nothing-to-do', tables: [] });
    expect(await items()).toEqual(['1 x', '2 y']);
    expect(await trial.manifests()).toEqual([]);
  });

  it('loads a file again when it is another version, or when it is forced', async () => {
    await trial.run(append(await trial.put('a', '1|x\n')));
    const newer = await trial.put('a', '1|y\n');
    await trial.run(append(newer));
    await trial.run({ ...append(newer), force: true });
    expect(await items()).toEqual(['1 x', '1 y', '1 y']);
    expect((await trial.warehouse.loadedFiles(ITEMS, [newer])).size).toBe(1);
  });

  it('forces once: the same request that comes again meets the ledger, a later one forces', async () => {
    const request = append(await trial.put('a', '1|x\n'));
    await trial.run(request);
    const forced = { ...request, force: true, requestedAt: 1_000 };
    expect(await statuses(trial.run(forced))).toEqual(['loaded']);
    expect(await trial.run(forced)).toMatchObject({ outcome: 'nothing-to-do' });
    expect(await statuses(trial.run({ ...forced, requestedAt: 2_000 }))).toEqual(['loaded']);
    expect(await items()).toEqual(['1 x', '1 x', '1 x']);
  });

  it('runs a whole plan again as soon as one file of it is new', async () => {
    const [a, b] = [await trial.put('a', '1|x\n'), await trial.put('b', '2|y\n')];
    await trial.run(replace(a));
    expect(await statuses(trial.run(replace(a, b)))).toEqual(['loaded', 'loaded']);
    expect(await items()).toEqual(['1 x', '2 y']);
    await trial.sql("insert into items values (3, 'z')");
    expect(await statuses(trial.run(replace(a, b)))).toEqual(['already-loaded', 'already-loaded']);
    expect(await items()).toEqual(['1 x', '2 y', '3 z']);
  });

  it('warns when a table that has rows gets a new ledger, and is refused when it was dropped', async () => {
    await trial.sql("insert into items values (0, 'old')");
    const request = append(await trial.put('a', '1|x\n'));
    await trial.run(request);
    expect(trial.warned.join()).toContain('a new ledger for a table that has rows');
    const [ledger] = await trial.sql('select ledger_name from dopplershift.ledgers');
    await trial.sql(`drop table dopplershift.${String(ledger?.['ledger_name'])}`);
    const failure = await failureOf(trial.run(request));
    expect(failure.code).toBe('schema-mismatch');
    expect(failure.remedy).toContain('Restore dopplershift.ledger_public_items');
  });

  it('removes the COPY manifests of a run that was killed', async () => {
    const request = append(await trial.put('a', '1|x\n'));
    const left = `_dopplershift/manifests/${request.loadId}/run-1.manifest`;
    const others = `_dopplershift/manifests/${'0'.repeat(32)}/run-1.manifest`;
    for (const key of [left, others]) await trial.put(key, '{}');
    await trial.run(request);
    expect(await trial.manifests()).toEqual([others]);
  });
});

describe('two loaders with the same plan', () => {
  it('load it exactly once', async () => {
    const request = append(await trial.put('a', '1|x\n'));
    const other = trial.another({ loaderId: 'other' });
    const outcomes = await Promise.all(
      [trial.warehouse, other, trial.warehouse].map((house) =>
        insist(() => house.runPlan(request, runContext())),
      ),
    );
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual([
      'loaded',
      'nothing-to-do',
      'nothing-to-do',
    ]);
    expect(await items()).toEqual(['1 x']);
  });

  it('make the ledger of a new table only once', async () => {
    const houses = Array.from({ length: 4 }, (_, n) => trial.another({ loaderId: `l${n}` }));
    const request = append(await trial.put('a', '1|x\n'));
    await Promise.all(houses.map((house) => insist(() => house.runPlan(request, runContext()))));
    expect(await items()).toEqual(['1 x']);
  });
});

/** As a lane does: a busy fence is waited for, and a conflict tried again. */
async function insist<T>(run: () => Promise<T>): Promise<T> {
  for (let turn = 1; ; turn += 1) {
    try {
      return await run();
    } catch (thrown) {
      const { code } = asFailure(thrown);
      if ((code !== 'unavailable' && code !== 'serialization-conflict') || turn > 100) throw thrown;
    }
  }
}

describe('a file that cannot be loaded', () => {
  it('and is gone or changed is left out and listed; the others load', async () => {
    const [a, gone, changed] = [
      await trial.put('a', '1|x\n'),
      await trial.put('b', '2|x\n'),
      await trial.put('c', '3|x\n'),
    ];
    await trial.remove(gone);
    await trial.put('c', '3|newer\n');
    expect(await statuses(trial.run(mergeOf(a, gone, changed)))).toEqual(['loaded', 'missing', 'changed']);
    expect(await items()).toEqual(['1 x']);
  });

  it('fails a whole plan, and nothing of it is seen', async () => {
    await trial.sql("insert into items values (0, 'old')");
    const [a, gone] = [await trial.put('a', '1|x\n'), await trial.put('b', '2|x\n')];
    await trial.remove(gone);
    expect((await failureOf(trial.run(replace(a, gone)))).code).toBe('file-missing');
    const bad = await trial.put('c', 'x|x\n');
    expect(await failureOf(trial.run(replace(a, bad)))).toMatchObject({
      code: 'copy-rejected',
      rejected: [{ file: 's3://drop/c', line: 1, column: 'id', copyError: 1207 }],
    });
    expect(await items()).toEqual(['0 old']);
  });

  it('is the failure when it was the only one', async () => {
    const gone = await trial.put('a', '1|x\n');
    await trial.remove(gone);
    expect((await failureOf(trial.run(mergeOf(gone)))).code).toBe('file-missing');
  });

  it('is read from the archive when a load of long ago is done again', async () => {
    const ref = await trial.put('a', '1|x\n');
    await trial.archive(ref);
    expect(await statuses(trial.run(mergeOf(ref)))).toEqual(['loaded']);
    expect(await items()).toEqual(['1 x']);
  });

  it.each(['append', 'merge'] as const)('is set aside by %s when its rows are refused', async (apply) => {
    const files: FileRef[] = [];
    for (const [key, body] of [
      ['a', '1|x\n'],
      ['b', '2|x\nnonsense|x\n'],
      ['c', '3|x\n'],
      ['d', '4|x\n5|much too long a name\n'],
    ] as const)
      files.push(await trial.put(key, body));
    const running = trial.run(requestOf({ steps: [copyOf({ files, apply })] }));
    expect(await statuses(running)).toEqual(['loaded', 'set-aside', 'loaded', 'set-aside']);
    expect(await items()).toEqual(['1 x', '3 x']);
    const bad = files.slice(1, 2);
    const failure = await failureOf(trial.run(requestOf({ steps: [copyOf({ files: bad, apply })] })));
    expect(failure).toMatchObject({
      code: 'copy-rejected',
      rejected: [{ file: 's3://drop/b', line: 2, column: 'id' }],
    });
    expect(JSON.stringify([failure, failure.message])).not.toContain('nonsense');
    expect(await trial.manifests()).toEqual([]);
  });

  it('beside one that is loaded already fails by itself', async () => {
    const [good, bad] = [await trial.put('a', '1|x\n'), await trial.put('b', 'x|x\n')];
    await trial.run(append(good));
    const failure = await failureOf(trial.run(append(good, bad)));
    expect(failure.message).toMatch(/^copying s3:\/\/drop\/b line 1 column id/);
    expect(failure.rejected).toHaveLength(1);
  });

  it('is found by trying one by one when only the target objects', async () => {
    const behind = new pg.Client({ connectionString: backend });
    await behind.connect();
    await behind.query("create unique index on items (name); insert into items values (9, 'taken')");
    await behind.end();
    const files: FileRef[] = [];
    for (const [key, body] of [
      ['a', '1|x\n'],
      ['b', '2|taken\n'],
      ['c', '3|z\n'],
    ] as const)
      files.push(await trial.put(key, body));
    expect(await statuses(trial.run(mergeOf(...files)))).toEqual(['loaded', 'set-aside', 'loaded']);
    expect(await items()).toEqual(['1 x', '3 z', '9 taken']);
    expect(await trial.manifests()).toEqual([]);
  });

  it('because its header has another order is set aside before it is copied', async () => {
    const [good, bad] = [await trial.put('a', 'id|name\n1|x\n'), await trial.put('b', 'name|id\n2|3\n')];
    const options = "delimiter '|' ignoreheader 1";
    const outcome = await trial.run(requestOf({ steps: [copyOf({ files: [good, bad], options })] }));
    expect(outcome.files.map(({ status }) => status)).toEqual(['loaded', 'set-aside']);
    expect(await items()).toEqual(['1 x']);
  });

  it('because it is not compressed as said is set aside', async () => {
    const { gzipSync } = await import('node:zlib');
    const good = await trial.put('a', gzipSync('1|x\n'));
    const bad = await trial.put('b', '2|x\n');
    const options = "delimiter '|' gzip";
    const outcome = await trial.run(requestOf({ steps: [copyOf({ files: [good, bad], options })] }));
    expect(outcome.files.map(({ status }) => status)).toEqual(['loaded', 'set-aside']);
    expect(await items()).toEqual(['1 x']);
    const failure = await failureOf(trial.run(requestOf({ steps: [copyOf({ files: [bad], options })] })));
    expect(failure.code).toBe('file-unreadable');
  });

  it('that is overwritten while it is copied is left out, and nothing of it stays', async () => {
    const [a, b] = [await trial.put('a', '1|x\n'), await trial.put('b', '2|x\n')];
    const house = trial.another({ lookAgainAfterMs: 0 });
    const trip = (point: string): void => {
      if (point === 'after-copy') lost.set('b', new Failure('file-changed', 'another version of b'));
    };
    const outcome = await house.runPlan(mergeOf(a, b), runContext({ trip }));
    expect(outcome.files.map(({ status }) => status)).toEqual(['loaded', 'changed']);
    expect(await items()).toEqual(['1 x']);
  });
});

describe('failures', () => {
  it('are remembered: the same file and plan is dropped quietly until somebody retries', async () => {
    const bad = await trial.put('a', 'x|y\n');
    const request = mergeOf(bad);
    const failure = await failureOf(trial.run(request));
    await trial.warehouse.recordFailure(request, failure);
    await trial.warehouse.recordFailure(request, failure);
    expect(await statuses(trial.run(request))).toEqual(['failed-before']);
    expect((await failureOf(trial.run({ ...request, retry: true }))).code).toBe('copy-rejected');
    expect(await statuses(trial.run(mergeOf(bad, await trial.put('b', '1|x\n'))))).toEqual([
      'failed-before',
      'loaded',
    ]);
  });

  it('are forgotten by a load that succeeds, and on purpose', async () => {
    const request = mergeOf(await trial.put('x/a', '1|x\n'));
    await trial.warehouse.recordFailure(request, { code: 'schema-mismatch', message: 'no table' });
    expect(await statuses(trial.run({ ...request, retry: true }))).toEqual(['loaded']);
    await trial.warehouse.recordFailure(mergeOf(await trial.put('y/b', '')), { code: 'x', message: '' });
    expect(await trial.warehouse.forget(ITEMS, { keyPrefix: 'x/' })).toBe(1);
    expect(await trial.warehouse.forget(ITEMS, { keyPrefix: 'x/' })).toBe(0);
    expect(await trial.warehouse.forget(ITEMS, {})).toBe(1);
  });

  it('of the table name what is missing, and how to mend it', async () => {
    const target = { schema: 'public', table: 'nowhere' };
    const files = [await trial.put('a', '1|x\n')];
    const noTable = await failureOf(trial.run(requestOf({ target, steps: [copyOf({ files })] })));
    expect(noTable).toMatchObject({ code: 'schema-mismatch', message: 'there is no table public.nowhere' });
    const noColumn = await failureOf(
      trial.run(requestOf({ steps: [copyOf({ files, columns: ['id', 'nam'] })] })),
    );
    expect(noColumn.message).toContain('no column "nam" (near: name)');
  });

  it('of a permission that only COPY lacks say so, since 8001 does not', async () => {
    const [a, b] = [await trial.put('a', '1|x\n'), await trial.put('b', '2|x\n')];
    denied.add('b');
    const failure = await failureOf(trial.run(mergeOf(a, b)));
    expect(failure).toMatchObject({ code: 'access-denied', retry: 'manual' });
    expect(failure.message).toContain('can be read by this service');
    expect(failure.remedy).toContain('s3:GetObject');
    expect(await items()).toEqual([]);
  });

  it('of a file that goes away before COPY comes to it are those of the file', async () => {
    const [a, b] = [await trial.put('a', '1|x\n'), await trial.put('b', '2|x\n')];
    denied.add('b');
    const run = trial.run(mergeOf(a, b), {
      onProgress: (stage) => void (stage === 'copy' && setImmediate(() => lost.set('b', gone))),
    });
    const gone = new Failure('file-missing', 's3://drop/b is gone');
    expect(await statuses(run)).toEqual(['loaded', 'missing']);
    expect(await items()).toEqual(['1 x']);
  });
});

describe('the ledger', () => {
  it('holds files of any name, and drops those that are gone', async () => {
    const keys = ["it's/+%2B=ü 1.csv", `${'é'.repeat(511)}.`, 'a//b', '😀', 'back\\slash'];
    const files: FileRef[] = [];
    for (const [n, key] of keys.entries()) files.push(await trial.put(key, `${n}|x\n`));
    await trial.run(append(...files));
    expect((await trial.warehouse.loadedFiles(ITEMS, files)).size).toBe(keys.length);
    expect((await trial.run(append(...files))).outcome).toBe('nothing-to-do');
    expect(await trial.warehouse.targets()).toEqual([ITEMS]);
    const loadedBefore = Date.now() + 60_000;
    const gone = async <T>(all: readonly T[]): Promise<readonly T[]> => all.slice(1);
    expect(await trial.warehouse.prune(ITEMS, { loadedBefore, gone, dryRun: true })).toBe(4);
    expect(await trial.warehouse.prune(ITEMS, { loadedBefore, gone })).toBe(4);
    expect((await trial.warehouse.loadedFiles(ITEMS, files)).size).toBe(1);
    expect(await trial.warehouse.prune(ITEMS, { loadedBefore: 0, gone })).toBe(0);
  });

  it('is examined before there is one', async () => {
    expect(await trial.warehouse.examine()).toMatchObject({ ledgerSchema: 'creatable' });
    await trial.run(append(await trial.put('a', '1|x\n')));
    const condition = await trial.warehouse.examine();
    expect(condition.ledgerSchema).toBe('ready');
    expect(condition.version).toMatch(/^Redshift [\d.]+/);
    expect(Math.abs(condition.now - Date.now())).toBeLessThan(120_000);
  });
});
