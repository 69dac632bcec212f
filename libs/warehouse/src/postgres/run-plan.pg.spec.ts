import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileRef, LoadRequested } from '#contracts';
import { asFailure } from '#contracts';
import { freshDatabase } from '#testing';
import { copyOf, EVERYTHING, mergeOf, openTrial, requestOf, runContext } from './trial-warehouse.ts';
import type { Trial } from './trial-warehouse.ts';

const ITEMS = { schema: 'public', table: 'items' };

let trial: Trial;

beforeEach(async () => {
  trial = await openTrial(await freshDatabase());
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

async function failureOf(running: Promise<unknown>) {
  try {
    await running;
  } catch (thrown) {
    return asFailure(thrown);
  }
  throw new Error('it did not fail');
}

const statuses = async (running: Promise<{ files: readonly { status: string }[] }>): Promise<string[]> =>
  (await running).files.map((file) => file.status);

describe('a plan that is announced again', () => {
  it('loads each file once', async () => {
    const [a, b] = [trial.put('a', '1|x\n'), trial.put('b', '2|y\n')];
    expect(await statuses(trial.run(append(a)))).toEqual(['loaded']);
    expect(await statuses(trial.run(append(a, b)))).toEqual(['already-loaded', 'loaded']);
    expect(await trial.run(append(a, b))).toMatchObject({ outcome: 'nothing-to-do', tables: [] });
    expect(await items()).toEqual(['1 x', '2 y']);
  });

  it('loads a file again when it is another version, or when it is forced', async () => {
    const first = trial.put('a', '1|x\n');
    await trial.run(append(first));
    await trial.run(append(trial.put('a', '1|y\n')));
    await trial.run(append(trial.put('a', '1|y\n', Date.UTC(2026, 0, 2))));
    await trial.run({ ...append(trial.put('a', '1|y\n')), force: true });
    expect(await items()).toEqual(['1 x', '1 y', '1 y', '1 y']);
  });

  it('forces once: the same request that comes again meets the ledger, a later one forces', async () => {
    const request = append(trial.put('a', '1|x\n'));
    await trial.run(request);
    const forced = { ...request, force: true, requestedAt: 1_000 };
    expect(await statuses(trial.run(forced))).toEqual(['loaded']);
    expect(await trial.run(forced)).toMatchObject({ outcome: 'nothing-to-do' });
    expect(await statuses(trial.run({ ...forced, requestedAt: 2_000 }))).toEqual(['loaded']);
    expect(await trial.run(forced)).toMatchObject({ outcome: 'nothing-to-do' });
    expect(await items()).toEqual(['1 x', '1 x', '1 x']);
  });

  it('runs a whole plan again as soon as one file of it is new', async () => {
    const [a, b] = [trial.put('a', '1|x\n'), trial.put('b', '2|y\n')];
    await trial.run(replace(a));
    expect(await statuses(trial.run(replace(a, b)))).toEqual(['loaded', 'loaded']);
    expect(await items()).toEqual(['1 x', '2 y']);
    await trial.sql("insert into items values (3, 'z')");
    expect(await statuses(trial.run(replace(a, b)))).toEqual(['already-loaded', 'already-loaded']);
    expect(await items()).toEqual(['1 x', '2 y', '3 z']);
  });

  it('runs exactly the lost loads after the warehouse was restored to an older state', async () => {
    const requests = ['a', 'b', 'c'].map((key, n) => append(trial.put(key, `${n}|x\n`)));
    for (const request of requests) await trial.run(request);
    const [ledger] = await trial.sql(
      "select relname from pg_class where relname like 'ledger_public_items%' and relkind = 'r'",
    );
    await trial.sql('delete from items where id > 0');
    await trial.sql(`delete from dopplershift.${String(ledger?.['relname'])} where key > 'a'`);
    const outcomes = [];
    for (const request of requests) outcomes.push((await trial.run(request)).outcome);
    expect(outcomes).toEqual(['nothing-to-do', 'loaded', 'loaded']);
    expect(await items()).toEqual(['0 x', '1 x', '2 x']);
  });

  it('warns when a table that has rows gets a new ledger', async () => {
    await trial.run(append(trial.put('a', '1|x\n')));
    expect(trial.warned).toEqual([]);
    await trial.sql('drop schema dopplershift cascade');
    await trial.run(append(trial.put('b', '2|x\n')));
    expect(trial.warned.join()).toContain('a new ledger for a table that has rows');
  });

  it('is refused when somebody dropped the ledger', async () => {
    await trial.run(append(trial.put('a', '1|x\n')));
    const [ledger] = await trial.sql('select ledger_name from dopplershift.ledgers');
    await trial.sql(`drop table dopplershift.${String(ledger?.['ledger_name'])}`);
    const failure = await failureOf(trial.run(append(trial.put('a', '1|x\n'))));
    expect(failure.code).toBe('schema-mismatch');
    expect(failure.remedy).toContain('Restore dopplershift.ledger_public_items');
    expect(await items()).toEqual(['1 x']);
  });
});

describe('a plan whose files are written down in a list', () => {
  it('loads what the list says, in the order of the files', async () => {
    trial.put('b', '1|late\n', 2_000);
    trial.put('a', '1|early\n', 1_000);
    const list = { bucket: 'drop', key: 'list.json', etag: trial.put('c', '2|x\n').etag, count: 3 };
    const copy = { ...copyOf({ files: [] }), files: { kind: 'Listed', list } } as const;
    const request = requestOf({ steps: [copy] });
    expect(await statuses(trial.run(request))).toEqual(['loaded', 'loaded', 'loaded']);
    expect(await items()).toEqual(['1 late', '2 x']);
    expect(await statuses(trial.run(request))).toEqual(Array(3).fill('already-loaded'));
  });

  it('of another length than announced is not trusted', async () => {
    const list = { bucket: 'drop', key: 'list.json', etag: trial.put('a', '1|x\n').etag, count: 7 };
    const copy = { ...copyOf({ files: [] }), files: { kind: 'Listed', list } } as const;
    expect((await failureOf(trial.run(requestOf({ steps: [copy] })))).message).toContain(
      'holds 1 files, not 7',
    );
  });
});

describe('two loaders with the same plan', () => {
  it('load it exactly once', async () => {
    const lines = Array.from({ length: 2_000 }, (_, n) => `${n}|x\n`).join('');
    const requests = [append(trial.put('a', lines)), mergeOf(trial.put('b', '9999|y\n'))];
    const other = trial.another({ loaderId: 'other' });
    for (const request of requests) {
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
    }
    expect(await items()).toHaveLength(2_001);
  });

  it('make the ledger of a new table only once', async () => {
    const houses = Array.from({ length: 4 }, (_, n) => trial.another({ loaderId: `l${n}` }));
    const request = append(trial.put('a', '1|x\n'));
    await Promise.all(houses.map((house) => insist(() => house.runPlan(request, runContext()))));
    expect(await items()).toEqual(['1 x']);
  });
});

/** As a lane does: a busy fence is waited for. */
async function insist<T>(run: () => Promise<T>): Promise<T> {
  for (let turn = 1; ; turn += 1) {
    try {
      return await run();
    } catch (thrown) {
      if (asFailure(thrown).code !== 'unavailable' || turn > 100) throw thrown;
    }
  }
}

describe('a file that cannot be loaded', () => {
  it('and is gone or changed is left out and listed; the others load', async () => {
    const [a, gone, changed] = [trial.put('a', '1|x\n'), trial.put('b', '2|x\n'), trial.put('c', '3|x\n')];
    trial.remove(gone);
    trial.put('c', '3|newer\n');
    expect(await statuses(trial.run(mergeOf(a, gone, changed)))).toEqual(['loaded', 'missing', 'changed']);
    expect(await items()).toEqual(['1 x']);
  });

  it('fails a whole plan, and nothing of it is seen', async () => {
    await trial.sql("insert into items values (0, 'old')");
    const [a, gone] = [trial.put('a', '1|x\n'), trial.put('b', '2|x\n')];
    trial.remove(gone);
    expect((await failureOf(trial.run(replace(a, gone)))).code).toBe('file-missing');
    expect(await items()).toEqual(['0 old']);
  });

  it('is the failure when it was the only one', async () => {
    const gone = trial.put('a', '1|x\n');
    trial.remove(gone);
    expect((await failureOf(trial.run(mergeOf(gone)))).code).toBe('file-missing');
  });

  it('is no failure when its newer version is announced anyway', async () => {
    const old = trial.put('a', '1|x\n');
    trial.put('a', '1|y\n');
    expect(await trial.run(mergeOf(old))).toMatchObject({
      outcome: 'nothing-to-do',
      files: [{ status: 'changed' }],
    });
  });

  it.each(['append', 'merge'] as const)('is set aside by %s when its rows are refused', async (apply) => {
    const good = [trial.put('a', '1|x\n', 1_000), trial.put('c', '3|x\n', 3_000)];
    const bad = trial.put('b', '2|x\nnonsense|x\n', 2_000);
    const files = [...good, bad];
    const running = trial.run(requestOf({ steps: [copyOf({ files, apply })] }));
    expect(await statuses(running)).toEqual(['loaded', 'set-aside', 'loaded']);
    expect(await items()).toEqual(['1 x', '3 x']);
    const failure = await failureOf(trial.run(requestOf({ steps: [copyOf({ files: [bad], apply })] })));
    expect(failure).toMatchObject({
      code: 'copy-rejected',
      rejected: [{ file: 's3://drop/b', line: 2, column: 'id' }],
    });
    expect(JSON.stringify([failure, failure.message])).not.toContain('nonsense');
  });

  it('shows the rows that were refused only where that is configured', async () => {
    await trial.sql('alter table items add constraint positive check (id > 0)');
    const telling = trial.another({ showRejectedValues: true });
    for (const [body, raw] of [
      ['1|x\nnonsense|x\n', 'nonsense|x'],
      ['1|x\n-7|x\n', '-7\tx'],
    ] as const) {
      const request = append(trial.put(`file-${raw.length}`, body));
      const [hidden] = (await failureOf(trial.run(request))).rejected;
      expect(hidden).toMatchObject({ line: 2 });
      expect(hidden).not.toHaveProperty('raw');
      const told = await failureOf(telling.runPlan(request, runContext()));
      expect(told.rejected).toMatchObject([{ line: 2, raw }]);
      expect(told.message).not.toContain(raw);
    }
  });

  it('is found by trying one by one when only the target objects', async () => {
    await trial.sql("create unique index on items (name); insert into items values (9, 'taken')");
    const files = [
      trial.put('a', '1|x\n', 1_000),
      trial.put('b', '2|taken\n', 2_000),
      trial.put('c', '1|z\n', 3_000),
    ];
    const outcome = await trial.run(mergeOf(...files));
    expect(outcome.files.map((file) => file.status)).toEqual(['loaded', 'set-aside', 'loaded']);
    expect(await items()).toEqual(['1 z', '9 taken']);
    const [, bad] = files;
    const failure = await failureOf(trial.run(mergeOf(...(bad ? [bad] : []))));
    expect(failure.code).toBe('constraint-violated');
    expect(failure.message).toContain('items_name_idx');
    expect(failure.message).not.toContain('taken');
  });

  it('is not set aside when all files of the batch are refused for one reason: the batch fails', async () => {
    await trial.sql('alter table items add extra int not null');
    const files = ['a', 'b', 'c'].map((key, n) => trial.put(key, `${n}|x\n`));
    const request = mergeOf(...files);
    const failure = await failureOf(trial.run(request));
    expect(failure.code).toBe('constraint-violated');
    expect(failure.message).toMatch(/^all 3 files were refused for the same reason: .*"extra"/);
    await trial.warehouse.recordFailure(request, failure);
    expect(await statuses(trial.run(request))).toEqual(Array(3).fill('failed-before'));
  });

  it('names the line that breaks a constraint of the table', async () => {
    await trial.sql('alter table items add constraint positive check (id > 0)');
    const failure = await failureOf(trial.run(append(trial.put('a', '1|x\n2|x\n-3|secret\n'))));
    expect(failure).toMatchObject({
      code: 'constraint-violated',
      rejected: [{ file: 's3://drop/a', line: 3 }],
    });
    expect(JSON.stringify([failure, failure.message, failure.cause])).not.toContain('secret');
  });
});

describe('failures', () => {
  it('are remembered: the same file and plan is dropped quietly until somebody retries', async () => {
    const bad = trial.put('a', 'x|y\n');
    const request = mergeOf(bad);
    const failure = await failureOf(trial.run(request));
    await trial.warehouse.recordFailure(request, failure);
    expect(await statuses(trial.run(request))).toEqual(['failed-before']);
    expect((await failureOf(trial.run({ ...request, retry: true }))).code).toBe('copy-rejected');
    const otherPlan = requestOf({ steps: [copyOf({ files: [bad], apply: 'append', keys: [] })] });
    expect((await failureOf(trial.run(otherPlan))).code).toBe('copy-rejected');
    expect(await statuses(trial.run(mergeOf(bad, trial.put('b', '1|x\n'))))).toEqual([
      'failed-before',
      'loaded',
    ]);
  });

  it('are forgotten by a load that succeeds', async () => {
    const request = mergeOf(trial.put('a', '1|x\n'));
    await trial.warehouse.recordFailure(request, { code: 'schema-mismatch', message: 'no table' });
    expect(await statuses(trial.run({ ...request, retry: true }))).toEqual(['loaded']);
    expect(await trial.sql('select * from dopplershift.attempts')).toEqual([]);
  });

  it('of a whole plan do not stop the same files in other company', async () => {
    const [a, bad] = [trial.put('a', '1|x\n'), trial.put('b', 'x|y\n')];
    const failed = replace(a, bad);
    await trial.warehouse.recordFailure(failed, await failureOf(trial.run(failed)));
    expect(await statuses(trial.run(failed))).toEqual(['failed-before', 'failed-before']);
    expect(await statuses(trial.run(replace(a)))).toEqual(['loaded']);
  });

  it('of the table name what is missing, and how to mend it', async () => {
    const target = { schema: 'public', table: 'nowhere' };
    const noTable = await failureOf(
      trial.run(requestOf({ target, steps: [copyOf({ files: [trial.put('a', '1|x\n')] })] })),
    );
    expect(noTable).toMatchObject({ code: 'schema-mismatch', message: 'there is no table public.nowhere' });
    expect(noTable.remedy).toContain('Create public.nowhere');
    const files = [trial.put('b', '1|x|y\n')];
    const noColumn = await failureOf(
      trial.run(requestOf({ steps: [copyOf({ files, columns: ['id', 'nam', 'other'] })] })),
    );
    expect(noColumn.message).toContain('no column "nam" (near: name)');
    expect(noColumn.message).toContain('no column "other"');
    for (const { remedy } of [noTable, noColumn]) expect(remedy).toMatch(/, then: dopplershift retry\.$/);
  });

  it('of the options come before any row', async () => {
    const failure = await failureOf(
      trial.run(requestOf({ steps: [copyOf({ files: [trial.put('a', '1|x\n')], options: 'CVS' })] })),
    );
    expect(failure.code).toBe('options-invalid');
    expect(trial.opened).toEqual([]);
  });
});

describe('the ledger', () => {
  it('answers which files are loaded, also for a table that nobody has loaded', async () => {
    const [a, b] = [trial.put('a', '1|x\n'), trial.put('b', '2|x\n')];
    expect(await trial.warehouse.loadedFiles(ITEMS, [a])).toEqual(new Set());
    await trial.run(append(a));
    expect((await trial.warehouse.loadedFiles(ITEMS, [a, b])).size).toBe(1);
  });

  it('forgets on purpose', async () => {
    const [a, b] = [trial.put('x/a', '1|x\n'), trial.put('y/b', '2|x\n')];
    expect(await trial.warehouse.forget(ITEMS, {})).toBe(0);
    await trial.run(append(a, b));
    expect(await trial.warehouse.forget(ITEMS, { keyPrefix: 'x/' })).toBe(1);
    expect(await statuses(trial.run(append(a, b)))).toEqual(['loaded', 'already-loaded']);
    expect(await trial.warehouse.forget(ITEMS, { loadId: append(a, b).loadId })).toBe(2);
  });

  it('holds files of any name', async () => {
    const keys = ["it's/+%2B=ü 1.csv", `${'é'.repeat(511)}.`, 'a//b', '😀'];
    const files = keys.map((key, n) => trial.put(key, `${n}|x\n`));
    await trial.run(append(...files));
    expect((await trial.warehouse.loadedFiles(ITEMS, files)).size).toBe(keys.length);
    expect((await trial.run(append(...files))).outcome).toBe('nothing-to-do');
  });
});

describe('names', () => {
  it.each([
    ['we"ird', 'ta"ble', 'Co"l'],
    ['Schema', 'Übergrößenträger', 'Straße'],
    ['s', `COPY x, line 7, column ${'y'.repeat(20)}`, "it's"],
    ['select', 'order', 'group'],
  ])('of schema %s, table %s and column %s are taken as they are', async (schema, table, column) => {
    const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
    const where = `${quote(schema)}.${quote(table)}`;
    await trial.sql(`create schema ${quote(schema)}; create table ${where} (id int, ${quote(column)} int)`);
    const wish = { target: { schema, table } };
    const step = { columns: ['ID', column] };
    const load = (body: string, key: string) =>
      trial.run(requestOf({ ...wish, steps: [copyOf({ ...step, files: [trial.put(key, body)] })] }));
    await load('1|1\n', 'a');
    await load('1|2\n', 'b');
    expect(await trial.sql(`select ${quote(column)} as v from ${where}`)).toEqual([{ v: 2 }]);
    expect((await failureOf(load('1|1\nx|1\n', 'c'))).rejected[0]).toMatchObject({ line: 2, column: 'id' });
  });
});
