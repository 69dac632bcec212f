import { describe, expect, it } from 'vitest';
import type { Event, FileOutcome, FileRef, LoadPlan, LoadRequested } from '#contracts';
import { Failure, loadIdOf, noTrip, parseETag, parseWarehouseName, silentLog } from '#contracts';
import type { PlanOutcome, Warehouse } from '#warehouse';
import { runLoad } from './run-load.ts';

const file = (key: string): FileRef => ({
  bucket: 'b',
  key,
  etag: parseETag(`"${key}"`),
  size: 1,
  lastModified: 1_000,
});

function request(refs: readonly FileRef[], over: Partial<LoadRequested> = {}): LoadRequested {
  const plan: LoadPlan = {
    warehouse: { kind: 'Named', name: parseWarehouseName('main') },
    once: { kind: 'EachFile' },
    statementTimeoutMs: 1_000,
    tables: [
      {
        target: { schema: 'public', table: 't' },
        steps: [
          {
            kind: 'Copy',
            files: { kind: 'Inline', refs },
            columns: ['a'],
            options: 'csv',
            apply: 'append',
            keys: [],
          },
        ],
      },
    ],
  };
  return {
    type: 'load-requested',
    loadId: loadIdOf(plan),
    requestedAt: 0,
    source: { kind: 'watcher', name: 's3://b/in/manifest.edn' },
    plan,
    afterLoad: { data: 'remove', manifest: { ref: file('in/manifest.edn'), action: 'keep' } },
    retry: false,
    force: false,
    ...over,
  };
}

const done = (key: string, status: FileOutcome['status']): FileOutcome => ({
  ref: file(key),
  status,
  rows: 1,
});

function outcomeOf(files: readonly FileOutcome[]): PlanOutcome {
  return { outcome: 'loaded', tables: [], files, rejected: [], warnings: [] };
}

function stage(run: () => PlanOutcome) {
  const published: Event[] = [];
  const remembered: string[] = [];
  const warehouse: Warehouse = {
    runPlan: async () => run(),
    loadedFiles: async () => new Set(),
    recordFailure: async (_request, failure) => void remembered.push(failure.code),
    forget: async () => 0,
    prune: async () => 0,
    targets: async () => [],
    ping: async () => undefined,
    examine: async () => ({ now: 0, version: 'none', ledgerSchema: 'ready' }),
    keepHouse: async () => undefined,
    close: async () => undefined,
  };
  const deps = {
    warehouseFor: async () => warehouse,
    publish: async (event: Event) => void published.push(event),
    limits: { attemptsMax: 3, progressIntervalMs: 0 },
    prefix: '',
    permissions: { allowInlineUrls: false, allowCustomStagingSelect: false },
    trip: noTrip,
    log: silentLog,
  };
  const load = (asked: LoadRequested, attempt = 1) =>
    runLoad(asked, { attempt, ownedForMs: 0, signal: new AbortController().signal }, deps);
  const facts = () => published.filter((event) => event.type !== 'load-progress');
  return { load, facts, remembered };
}

describe('a load', () => {
  it('publishes that it is complete and asks for the removal of what the ledger holds', async () => {
    const { load, facts } = stage(() => outcomeOf([done('in/1', 'loaded'), done('in/2', 'already-loaded')]));
    await load(request([file('in/1'), file('in/2')]));
    expect(facts().map((event) => event.type)).toEqual(['load-completed', 'clean-requested']);
    expect(facts()[1]).toMatchObject({ data: { refs: [file('in/1'), file('in/2')] }, dataAction: 'remove' });
  });

  it('leaves a file alone that was missing, changed or refused', async () => {
    const { load, facts } = stage(() => outcomeOf([done('in/1', 'loaded'), done('in/2', 'changed')]));
    await load(request([file('in/1'), file('in/2')]));
    expect(facts().find((event) => event.type === 'clean-requested')).toMatchObject({
      data: { refs: [file('in/1')] },
    });
  });

  it('sends the watcher to the directory of a file that changed', async () => {
    const { load, facts } = stage(() => outcomeOf([done('in/1', 'loaded'), done('in/2', 'changed')]));
    await load(request([file('in/1'), file('in/2')]));
    expect(facts().at(-1)).toMatchObject({ type: 'sweep-requested', bucket: 'b', directory: 'in/' });
  });

  it('removes the manifest only when no file of the plan is left out', async () => {
    const manifest = file('in/manifest.edn');
    const afterLoad = { data: 'keep', manifest: { ref: manifest, action: 'remove' } } as const;
    const all = stage(() => outcomeOf([done('in/1', 'loaded')]));
    await all.load(request([file('in/1')], { afterLoad }));
    expect(all.facts()[1]).toMatchObject({ type: 'clean-requested', manifest });
    const some = stage(() => outcomeOf([done('in/1', 'loaded'), done('in/2', 'missing')]));
    await some.load(request([file('in/1'), file('in/2')], { afterLoad }));
    expect(some.facts()[1]).not.toHaveProperty('manifest');
  });

  it('announces a file that was set aside as a plan of its own', async () => {
    const { load, facts } = stage(() => outcomeOf([done('in/1', 'loaded'), done('in/2', 'set-aside')]));
    const asked = request([file('in/1'), file('in/2')]);
    await load(asked);
    const [again] = facts();
    expect(again).toMatchObject({ type: 'load-requested' });
    expect(again).toMatchObject({ plan: request([file('in/2')]).plan });
    expect(again).toMatchObject({ loadId: request([file('in/2')]).loadId });
  });

  it('says nothing when all of it failed before with the same plan', async () => {
    const { load, facts } = stage(() => outcomeOf([done('in/1', 'failed-before')]));
    await load(request([file('in/1')]));
    expect(facts()).toEqual([]);
  });

  it('is tried again without limit while the warehouse is away, and nothing is published', async () => {
    const { load, facts } = stage(() => {
      throw new Failure('unavailable', 'the warehouse is away');
    });
    await expect(load(request([file('in/1')]), 1_000)).rejects.toMatchObject({ code: 'unavailable' });
    expect(facts()).toEqual([]);
  });

  it('is tried a limited number of times after a conflict, then reported', async () => {
    const { load, facts } = stage(() => {
      throw new Failure('serialization-conflict', 'somebody else was faster');
    });
    await expect(load(request([file('in/1')]), 2)).rejects.toMatchObject({ code: 'serialization-conflict' });
    await load(request([file('in/1')]), 3);
    expect(facts()).toMatchObject([{ type: 'load-failed', code: 'serialization-conflict', attempt: 3 }]);
  });

  it('reports refused rows at once, with their place, and remembers the failure', async () => {
    const rejected = [
      { file: 's3://b/in/1', line: 7, column: 'a', reason: 'Invalid digit', copyError: 1207 },
    ];
    const { load, facts, remembered } = stage(() => {
      throw new Failure('copy-rejected', '1 row refused', { rejected });
    });
    await load(request([file('in/1')]));
    expect(facts()).toMatchObject([{ type: 'load-failed', code: 'copy-rejected', rejected, stage: 'fence' }]);
    expect(remembered).toEqual(['copy-rejected']);
  });

  it('reports what nobody expected as internal, after the limited number of tries', async () => {
    const { load, facts } = stage(() => {
      throw new TypeError('cannot read properties of undefined');
    });
    await expect(load(request([file('in/1')]))).rejects.toMatchObject({ code: 'internal' });
    await load(request([file('in/1')]), 3);
    expect(facts()).toMatchObject([{ type: 'load-failed', code: 'internal' }]);
  });
});
