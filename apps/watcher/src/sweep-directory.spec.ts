import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Files, LoadRequested } from '#contracts';
import { Failure, fileIdentity } from '#contracts';
import { readFiles } from '#object-store';
import { bench, BUCKET, identitiesOf, keysOf, manifestText, put } from './bucket-fixture.ts';
import { MANIFESTS_PER_DIRECTORY_MAX } from './sweep-directory.ts';

const NONE: Files = { kind: 'Inline', refs: [] };

function filesOf(request: LoadRequested | undefined): Files {
  const step = request?.plan.tables[0]?.steps.find(({ kind }) => kind === 'Copy');
  return step?.kind === 'Copy' ? step.files : NONE;
}

describe('sweeping a directory', () => {
  it('announces the files that a manifest asks for, keyed by their table', async () => {
    const { store, sweep, requests, events } = bench();
    await put(store, 'd/manifest.json', manifestText());
    await put(store, 'd/1.csv');
    await put(store, 'd/1.txt');
    expect(await sweep('d/')).toEqual({ announcements: 1, files: 1, refusals: 0 });
    expect(requests().map(keysOf)).toEqual([['d/1.csv']]);
    expect(events[0]?.key).toBe('dw1/public.t');
    expect(requests()[0]?.source).toEqual({ kind: 'watcher', name: 's3://drops/d/manifest.json' });
  });

  it('announces files of zero bytes like others', async () => {
    const { store, sweep, requests } = bench();
    await put(store, 'd/manifest.json', manifestText());
    await put(store, 'd/empty.csv', '');
    await sweep('d/');
    expect(requests().map(keysOf)).toEqual([['d/empty.csv']]);
  });

  it('is quiet about what it announced, and tells of a new version of a file', async () => {
    const { store, sweep, requests } = bench();
    await put(store, 'd/manifest.json', manifestText());
    await put(store, 'd/1.csv', 'old');
    await sweep('d/');
    await sweep('d/');
    await put(store, 'd/1.csv', 'new');
    await sweep('d/');
    expect(requests()).toHaveLength(2);
    expect(new Set(requests().flatMap(identitiesOf)).size).toBe(2);
  });

  it('announces a file again when its manifest changes, and after the window', async () => {
    const { store, sweep, requests, clock } = bench();
    await put(store, 'd/manifest.json', manifestText());
    await put(store, 'd/1.csv');
    await sweep('d/');
    await put(store, 'd/manifest.json', manifestText({ table: 'other' }));
    await sweep('d/');
    expect(requests().map((request) => request.plan.tables[0]?.target.table)).toEqual(['t', 'other']);
    clock.nowMs = 3_600_100;
    await sweep('d/');
    expect(requests()).toHaveLength(3);
  });

  it('does not remember what could not be published', async () => {
    const { store, sweep, requests, publisher } = bench();
    await put(store, 'd/manifest.json', manifestText());
    await put(store, 'd/1.csv');
    publisher.fail = new Failure('unavailable', 'no broker');
    await expect(sweep('d/')).rejects.toThrow('no broker');
    publisher.fail = undefined;
    await sweep('d/');
    expect(requests()).toHaveLength(1);
  });

  it('writes the files of a big batch to a list', async () => {
    const { store, sweep, requests, lines } = bench({ limits: { filesMax: 10_000 } });
    await put(store, 'd/manifest.json', manifestText());
    for (let n = 0; n < 2_500; n += 1) await put(store, `d/a-rather-long-name-of-a-file-${n}.csv`);
    await sweep('d/');
    const [request] = requests();
    const files = filesOf(request);
    expect(files).toMatchObject({ kind: 'Listed', list: { count: 2_500 } });
    const keys = (await readFiles(store, files)).map(({ key }) => key);
    expect(new Set(keys).size).toBe(2_500);
    expect(keys.every((key) => key.startsWith('d/a-rather-long-name'))).toBe(true);
    expect(lines).toEqual([{ loadId: request?.loadId, table: 'dw1/public.t', files: 2_500 }]);
    expect(await sweep('d/')).toMatchObject({ announcements: 0 });
  });

  it('writes a list for each load, since a list is removed with its load', async () => {
    const { store, sweep, requests } = bench({ limits: { filesMax: 10_000 } });
    const keep = { 'keep-data-pattern-files-on-import': true };
    await put(store, 'd/1.manifest.json', manifestText(keep));
    await put(store, 'd/2.manifest.json', manifestText({ ...keep, table: 'other' }));
    for (let n = 0; n < 2_500; n += 1) await put(store, `d/a-rather-long-name-of-a-file-${n}.csv`);
    await sweep('d/');
    const [one, other] = requests().map(filesOf);
    expect([one?.kind, other?.kind]).toEqual(['Listed', 'Listed']);
    expect(one).not.toEqual(other);
    const again = await readFiles(store, one ?? NONE);
    expect(again).toEqual(await readFiles(store, other ?? NONE));
  });

  it('leaves a line with the id of each load that it announces', async () => {
    const { store, sweep, requests, lines } = bench({ limits: { filesMax: 2 } });
    await put(store, 'd/manifest.json', manifestText());
    for (const name of ['1', '2', '3']) await put(store, `d/${name}.csv`);
    await sweep('d/');
    const [first, second] = requests().map(({ loadId }) => loadId);
    expect(lines).toEqual([
      { loadId: first, table: 'dw1/public.t', files: 2 },
      { loadId: second, table: 'dw1/public.t', files: 1 },
    ]);
  });
});

describe('batches', () => {
  it('close by count and by bytes, older files first', async () => {
    let now = 0;
    const { store, sweep, requests } = bench({
      limits: { filesMax: 2, bytesMax: 10 },
      store: { now: () => (now += 1_000) },
    });
    await put(store, 'd/c.csv', '1234567');
    await put(store, 'd/b.csv', '1234567');
    await put(store, 'd/a.csv', '1');
    await put(store, 'd/0.csv', '1');
    await put(store, 'd/manifest.json', manifestText());
    await sweep('d/');
    expect(requests().map(keysOf)).toEqual([['d/c.csv'], ['d/b.csv', 'd/a.csv'], ['d/0.csv']]);
  });

  it('that are not full wait until they are old enough', async () => {
    const { store, sweep, requests } = bench({ limits: { filesMax: 2, batchAgeMs: 3_600_000 } });
    await put(store, 'd/manifest.json', manifestText());
    for (const name of ['1', '2', '3']) await put(store, `d/${name}.csv`);
    const result = await sweep('d/');
    expect(result).toMatchObject({ announcements: 1, files: 2 });
    expect(result?.againInMs).toBeGreaterThan(0);
    await put(store, 'd/4.csv');
    expect(await sweep('d/')).toEqual({ announcements: 1, files: 2, refusals: 0 });
    expect(requests().map(keysOf)).toEqual([
      ['d/1.csv', 'd/2.csv'],
      ['d/3.csv', 'd/4.csv'],
    ]);
  });
});

describe('a plan that takes all files or none', () => {
  const replace = manifestText({ strategy: 'replace' });

  it('is announced after two identical listings, and then kept quiet about', async () => {
    const { store, sweep, requests } = bench();
    await put(store, 'd/manifest.json', replace);
    await put(store, 'd/1.csv');
    expect(await sweep('d/')).toMatchObject({ announcements: 0, againInMs: 0 });
    await put(store, 'd/2.csv');
    expect(await sweep('d/')).toMatchObject({ announcements: 0 });
    expect(await sweep('d/')).toMatchObject({ announcements: 1, files: 2 });
    expect(await sweep('d/')).toEqual({ announcements: 0, files: 0, refusals: 0 });
    expect(requests().map(keysOf)).toEqual([['d/1.csv', 'd/2.csv']]);
  });

  it('waits until the two listings are far enough apart', async () => {
    const { store, sweep, requests } = bench({ limits: { settleMs: 3_600_000 } });
    await put(store, 'd/manifest.json', replace);
    await put(store, 'd/1.csv');
    await sweep('d/');
    const result = await sweep('d/');
    expect(result?.announcements).toBe(0);
    expect(result?.againInMs).toBeGreaterThan(3_500_000);
    expect(requests()).toEqual([]);
  });

  it('is announced as a whole again when one file changes', async () => {
    const { store, sweep, requests } = bench();
    await put(store, 'd/manifest.json', replace);
    await put(store, 'd/1.csv');
    await put(store, 'd/2.csv');
    for (let n = 0; n < 3; n += 1) await sweep('d/');
    await put(store, 'd/2.csv', 'new');
    for (let n = 0; n < 3; n += 1) await sweep('d/');
    expect(requests().map(keysOf)).toEqual([
      ['d/1.csv', 'd/2.csv'],
      ['d/1.csv', 'd/2.csv'],
    ]);
  });

  it('of the alternate mode asks for the removal of its manifest', async () => {
    const { store, sweep, requests } = bench();
    const fields = { 'keep-data-pattern-files-on-import': true, 'keep-manifest-upon-import': false };
    await put(store, 'd/manifest.json', manifestText(fields));
    await put(store, 'd/1.csv');
    await sweep('d/');
    await sweep('d/');
    expect(requests()[0]?.plan.once).toEqual({ kind: 'Whole' });
    expect(requests()[0]?.afterLoad).toMatchObject({
      data: 'keep',
      manifest: { action: 'remove', ref: { key: 'd/manifest.json' } },
    });
  });
});

describe('a manifest that cannot become a plan', () => {
  it('is reported once per version with every problem in it, and its correction works at once', async () => {
    const { store, sweep, failures, requests, events } = bench();
    await put(store, 'd/1.csv');
    await put(store, 'd/manifest.json', manifestText({ colums: [], strategy: 'upsert' }));
    await sweep('d/');
    await sweep('d/');
    expect(failures()).toHaveLength(1);
    expect(failures()[0]).toMatchObject({
      code: 'manifest-invalid',
      stage: 'plan',
      files: ['s3://drops/d/manifest.json'],
    });
    expect(failures()[0]?.message).toMatch(/colums[^]*strategy|strategy[^]*colums/);
    expect(events[0]?.key).toBe('s3://drops/d/manifest.json');
    await put(store, 'd/manifest.json', manifestText());
    await sweep('d/');
    expect(requests().map(keysOf)).toEqual([['d/1.csv']]);
  });

  it.each([
    ['names an unknown warehouse', { database: 'dw9' }, 'warehouse-unknown'],
    [
      'carries an inline url',
      { database: undefined, 'jdbc-url': 'jdbc:postgresql://h:1/d?user=u&password=hunter2' },
      'inline-url-refused',
    ],
    ['matches itself', { 'data-pattern': '.*' }, 'manifest-invalid'],
  ])('because it %s', async (_why, fields, code) => {
    const { store, sweep, failures } = bench();
    await put(store, 'd/manifest.json', manifestText(fields));
    await put(store, 'd/1.csv');
    await sweep('d/');
    expect(failures().map((failure) => failure.code)).toEqual([code]);
    expect(JSON.stringify(failures())).not.toContain('hunter2');
  });

  it('does not stop its neighbours', async () => {
    const { store, sweep, failures, requests } = bench();
    await put(store, 'd/a.manifest.json', '{');
    await put(store, 'd/b.manifest.json', manifestText());
    await put(store, 'd/1.csv');
    await sweep('d/');
    expect(failures()).toHaveLength(1);
    expect(requests()).toHaveLength(1);
  });

  it('because it claims the files of another is reported with it, until one gives way', async () => {
    const { store, sweep, failures, requests } = bench();
    await put(store, 'd/a.manifest.json', manifestText());
    await put(store, 'd/b.manifest.json', manifestText({ 'data-pattern': '.*/1.*' }));
    await put(store, 'd/1.csv');
    await sweep('d/');
    await put(store, 'd/0.csv');
    await sweep('d/');
    expect(failures().map(({ code, files }) => [code, files[0]])).toEqual([
      ['manifest-invalid', 's3://drops/d/a.manifest.json'],
      ['manifest-invalid', 's3://drops/d/b.manifest.json'],
    ]);
    expect(requests()).toEqual([]);
    await put(store, 'd/b.manifest.json', manifestText({ 'data-pattern': '.*\\.tsv' }));
    await sweep('d/');
    expect(requests().map((request) => keysOf(request).toSorted())).toEqual([['d/0.csv', 'd/1.csv']]);
  });

  it('may claim the files of another when both keep them', async () => {
    const { store, sweep, failures, requests } = bench();
    const keep = { 'keep-data-pattern-files-on-import': true };
    await put(store, 'd/a.manifest.json', manifestText({ ...keep, table: 'a' }));
    await put(store, 'd/b.manifest.json', manifestText({ ...keep, table: 'b' }));
    await put(store, 'd/1.csv');
    await sweep('d/');
    expect(failures()).toEqual([]);
    expect(requests().map((request) => request.plan.tables[0]?.target.table)).toEqual(['a', 'b']);
  });

  it('that may not be read is reported once, and read as soon as it may', async () => {
    let denied = true;
    const { store, sweep, failures, requests } = bench({
      store: {
        fault: (deed) =>
          deed === 'read' && denied ? new Failure('access-denied', 'no GetObject') : undefined,
      },
    });
    await put(store, 'd/manifest.json', manifestText());
    await put(store, 'd/1.csv');
    await sweep('d/');
    await sweep('d/');
    expect(failures().map(({ code }) => code)).toEqual(['access-denied']);
    denied = false;
    await sweep('d/');
    expect(requests()).toHaveLength(1);
  });

  it('is not reported when only the store is away', async () => {
    let away = true;
    const { store, sweep, failures, requests } = bench({
      store: { fault: (deed) => (deed === 'read' && away ? new Failure('unavailable', '503') : undefined) },
    });
    await put(store, 'd/manifest.json', manifestText());
    await put(store, 'd/1.csv');
    await expect(sweep('d/')).rejects.toThrow('503');
    away = false;
    await sweep('d/');
    expect(failures()).toEqual([]);
    expect(requests()).toHaveLength(1);
  });

  it('was one too many in its directory', async () => {
    const { store, sweep, failures } = bench();
    for (let n = 0; n <= MANIFESTS_PER_DIRECTORY_MAX; n += 1)
      await put(store, `d/${String(n).padStart(4, '0')}.manifest.json`, manifestText());
    await sweep('d/');
    expect(failures().map(({ files }) => files[0])).toEqual(['s3://drops/d/0100.manifest.json']);
  });

  it('would replace a table by a part of a directory that is too big', async () => {
    const spec = bench();
    await put(spec.store, 'd/manifest.json', manifestText({ strategy: 'replace' }));
    for (const name of ['1', '2', '3']) await put(spec.store, `d/${name}.csv`);
    Object.assign(spec.listing, { filesMax: 2 });
    await spec.sweep('d/');
    expect(spec.failures().map(({ message }) => message)).toEqual([
      'directory d/ holds 1 objects more than are looked at',
    ]);
  });
});

describe('any story of uploads, deletes and sweeps', () => {
  it('announces every version that a sweep saw, and none twice within the window', async () => {
    const act = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({ kind: fc.constant('put' as const), file: fc.nat(5), body: fc.nat(9) }),
      },
      fc.record({ kind: fc.constant('remove' as const), file: fc.nat(5) }),
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('sweep' as const), broken: fc.boolean() }) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(act, { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        async (acts, filesMax) => {
          const { store, sweep, requests, publisher } = bench({ limits: { filesMax } });
          await put(store, 'd/manifest.json', manifestText());
          const seen = new Set<string>();
          for (const step of acts) {
            const key = 'file' in step ? `d/${step.file}.csv` : '';
            if (step.kind === 'put') await put(store, key, `${step.body}`);
            else if (step.kind === 'remove') await store.remove({ bucket: BUCKET, key });
            else {
              publisher.fail = step.broken ? new Failure('unavailable', 'no broker') : undefined;
              const swept = await sweep('d/').then(
                () => true,
                () => false,
              );
              if (swept) for (const identity of await present(store)) seen.add(identity);
            }
          }
          const announced = requests().flatMap(identitiesOf);
          expect(new Set(announced)).toEqual(seen);
          expect(announced).toHaveLength(seen.size);
        },
      ),
      { numRuns: 60 },
    );
  });
});

async function present(store: ReturnType<typeof bench>['store']): Promise<string[]> {
  const found = [];
  for await (const page of store.list({ bucket: BUCKET, prefix: 'd/' }))
    for (const object of page.objects) if (object.key.endsWith('.csv')) found.push(fileIdentity(object));
  return found;
}
