import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Copy, FileRef, LoadRequested } from '#contracts';
import { loadIdOf, parseETag } from '#contracts';
import { overlapMessage, overlaps } from './overlaps.ts';
import type { Manifest } from './manifest.ts';
import { parseManifest } from './parse-manifest.ts';
import { planBatches } from './plan-batches.ts';
import {
  INLINE_BYTES_MAX,
  dataFiles,
  inlineBytes,
  planLoads,
  refsTooBig,
  withFileList,
} from './plan-loads.ts';

function manifest(changes: Readonly<Record<string, unknown>> = {}): Manifest {
  const keys = {
    table: 'sales.orders',
    columns: ['id', 'name'],
    'pk-columns': ['id'],
    database: 'main',
    'data-pattern': '.*csv',
    ...changes,
  };
  const parsed = parseManifest(Buffer.from(JSON.stringify(keys)), {
    key: 'in/manifest.json',
    allowInlineUrls: true,
  });
  if (parsed.kind === 'problems') throw new Error(JSON.stringify(parsed.problems));
  return parsed.manifest;
}

function ref(key: string, changes: Partial<FileRef> = {}): FileRef {
  return { bucket: 'b', key, etag: parseETag(`e-${key}`), size: 10, lastModified: 1_000, ...changes };
}

const manifestRef = ref('in/manifest.json');
const batch = { filesMax: 2, bytesMax: 100 };

function plan(of: Manifest, files: readonly FileRef[]): LoadRequested[] {
  return planLoads({ manifest: of, manifestRef, files, batch, requestedAt: 5 });
}

function copyOf(request: LoadRequested | undefined): Copy {
  const copy = request?.plan.tables[0]?.steps.find((step) => step.kind === 'Copy');
  if (!copy) throw new Error('no Copy step');
  return copy;
}

function keysOf(request: LoadRequested): string[] {
  const { files } = copyOf(request);
  return files.kind === 'Inline' ? files.refs.map((file) => file.key) : [];
}

describe('planning the loads of a manifest', () => {
  it('makes one request per batch, with all the loader needs to know', () => {
    const [request, ...more] = plan(manifest({ options: 'CSV' }), [ref('in/a.csv')]);
    expect(more).toEqual([]);
    expect(request).toEqual({
      type: 'load-requested',
      loadId: request && loadIdOf(request.plan),
      requestedAt: 5,
      source: { kind: 'watcher', name: 's3://b/in/manifest.json' },
      plan: {
        warehouse: { kind: 'Named', name: 'main' },
        once: { kind: 'EachFile' },
        tables: [
          {
            target: { schema: 'sales', table: 'orders' },
            steps: [
              {
                kind: 'Copy',
                files: { kind: 'Inline', refs: [ref('in/a.csv')] },
                columns: ['id', 'name'],
                options: 'CSV',
                apply: 'merge',
                keys: ['id'],
              },
            ],
          },
        ],
        statementTimeoutMs: 300_000,
      },
      afterLoad: { data: 'remove', manifest: { ref: manifestRef, action: 'keep' } },
      retry: false,
      force: false,
    });
  });

  it('has nothing to announce without files', () => {
    expect(plan(manifest(), [])).toEqual([]);
  });

  it.each<[string, string[], string[]]>([
    ['merge', ['id'], ['Copy merge']],
    ['append', ['id'], ['Copy insertAbsent']],
    ['append', [], ['Copy append']],
    ['replace', ['id'], ['DeleteRows', 'Copy merge']],
    ['replace', [], ['DeleteRows', 'Copy append']],
  ])('%s with key %j becomes %j', (strategy, keys, steps) => {
    const [request] = plan(manifest({ strategy, 'pk-columns': keys }), [ref('in/a.csv')]);
    const found = request?.plan.tables[0]?.steps ?? [];
    expect(found.map((step) => (step.kind === 'Copy' ? `Copy ${step.apply}` : step.kind))).toEqual(steps);
  });

  it.each<[string, boolean, boolean, string, string, string]>([
    ['merge', false, true, 'EachFile', 'remove', 'keep'],
    ['merge', true, false, 'Whole', 'keep', 'remove'],
    ['merge', true, true, 'EachFile', 'keep', 'keep'],
    ['merge', false, false, 'Whole', 'remove', 'remove'],
    ['replace', false, true, 'Whole', 'remove', 'keep'],
    ['append', false, true, 'EachFile', 'remove', 'keep'],
  ])('%s, keep data %s, keep manifest %s: %s, data %s, manifest %s', (...row) => {
    const [strategy, keepData, keepManifest, once, data, action] = row;
    const of = manifest({
      strategy,
      'keep-data-pattern-files-on-import': keepData,
      'keep-manifest-upon-import': keepManifest,
    });
    const requests = plan(
      of,
      ['a', 'b', 'c'].map((name) => ref(`in/${name}.csv`)),
    );
    expect(requests).toHaveLength(once === 'Whole' ? 1 : 2);
    expect(requests[0]).toMatchObject({
      plan: { once: { kind: once } },
      afterLoad: { data, manifest: { action } },
    });
  });

  it('orders files by time, then by key, so that the later row of a key wins', () => {
    const files = [
      ref('in/z.csv', { lastModified: 1_000 }),
      ref('in/a.csv', { lastModified: 2_000 }),
      ref('in/b.csv', { lastModified: 1_000 }),
    ];
    const [request] = plan(manifest({ strategy: 'replace' }), files);
    expect(request && keysOf(request)).toEqual(['in/b.csv', 'in/z.csv', 'in/a.csv']);
  });

  it('gives the same load the same id, in whatever order the listing came', () => {
    const files = [ref('in/a.csv'), ref('in/b.csv')];
    const ids = [files, files.toReversed()].map((some) => plan(manifest(), some)[0]?.loadId);
    expect(ids[0]).toBe(ids[1]);
    expect(plan(manifest({ options: 'CSV' }), files)[0]?.loadId).not.toBe(ids[0]);
  });

  it('names the manifest instead of an inline url', () => {
    const url = 'jdbc:postgresql://h/db?user=u&password=hunter2';
    const [request] = plan(manifest({ database: undefined, 'jdbc-url': url }), [ref('in/a.csv')]);
    const { bucket, key, etag } = manifestRef;
    expect(request?.plan.warehouse).toEqual({ kind: 'FromManifest', bucket, key, etag });
    expect(JSON.stringify(request)).not.toContain('hunter2');
  });

  it('hands on staging-select and timeout', () => {
    const of = manifest({ 'staging-select': 'distinct', 'execute-opts': { 'timeout-millis': 7 } });
    const [request] = plan(of, [ref('in/a.csv')]);
    expect(copyOf(request).stagingSelect).toBe('distinct');
    expect(request?.plan.statementTimeoutMs).toBe(7);
  });
});

describe('the data files of a manifest', () => {
  it('are those its pattern matches as a whole, and never a manifest', () => {
    const of = manifest({ 'data-pattern': 'in/.*(csv|yaml)' });
    const keys = ['in/a.csv', 'in/a.csv.gz', 'x/in/a.csv', 'in/other-manifest.yaml', 'in/x.yaml'];
    expect(
      dataFiles(
        of,
        keys.map((key) => ref(key)),
      ).map((file) => file.key),
    ).toEqual(['in/a.csv', 'in/x.yaml']);
  });
});

describe('batches', () => {
  it('keep every file once, in order, and no batch passes a limit it can keep', () => {
    const files = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 40 });
    const limits = fc.record({
      filesMax: fc.integer({ min: 1, max: 7 }),
      bytesMax: fc.integer({ min: 1, max: 99 }),
    });
    fc.assert(
      fc.property(files, limits, (sizes, limit) => {
        const refs = sizes.map((size, index) => ref(`${index}`, { size }));
        const batches = planBatches(refs, limit);
        expect(batches.flat()).toEqual(refs);
        for (const some of batches) {
          expect(some.length).toBeGreaterThan(0);
          expect(some.length).toBeLessThanOrEqual(limit.filesMax);
          const bytes = some.reduce((sum, file) => sum + file.size, 0);
          expect(some.length === 1 || bytes <= limit.bytesMax).toBe(true);
        }
        for (const [index, some] of batches.slice(0, -1).entries()) {
          const first = batches[index + 1]?.[0]?.size ?? 0;
          const bytes = some.reduce((sum, file) => sum + file.size, 0);
          expect(some.length === limit.filesMax || bytes + first > limit.bytesMax).toBe(true);
        }
      }),
    );
  });
});

describe('a request with too many files for an event', () => {
  const many = Array.from({ length: 3_000 }, (_, index) => ref(`in/${'x'.repeat(60)}${index}.csv`));

  it('is recognised by the bytes of its refs', () => {
    const [big] = plan(manifest({ strategy: 'replace' }), many);
    const [small] = plan(manifest({ strategy: 'replace' }), many.slice(0, 10));
    expect(inlineBytes(many)).toBeGreaterThan(INLINE_BYTES_MAX);
    expect(big && refsTooBig(big)?.length).toBe(3_000);
    expect(small && refsTooBig(small)).toBeUndefined();
  });

  it('names its list instead, and its id follows the list', () => {
    const [big] = plan(manifest({ strategy: 'replace' }), many);
    if (!big) throw new Error('nothing planned');
    const list = { bucket: 'b', key: 'lists/1.json', etag: parseETag('l'), count: 3_000 };
    const listed = withFileList(big, list);
    expect(copyOf(listed).files).toEqual({ kind: 'Listed', list });
    expect(listed.plan.tables[0]?.steps[0]).toEqual({ kind: 'DeleteRows', rows: { kind: 'All' } });
    expect(listed.loadId).toBe(loadIdOf(listed.plan));
    expect(listed.loadId).not.toBe(big.loadId);
  });
});

describe('overlapping manifests', () => {
  const files = [ref('in/a.csv'), ref('in/b.tsv')];
  const keep = { 'keep-data-pattern-files-on-import': true };
  const at = (key: string, changes: Readonly<Record<string, unknown>>) => ({
    key,
    manifest: manifest(changes),
  });

  it('are those that match the same file', () => {
    const found = overlaps(
      [
        at('in/1-manifest.edn', {}),
        at('in/2-manifest.edn', { 'data-pattern': '.*tsv' }),
        at('in/3-manifest.edn', { 'data-pattern': 'in/a.*', ...keep }),
      ],
      files,
    );
    expect(found).toEqual([{ keys: ['in/1-manifest.edn', 'in/3-manifest.edn'], file: 'in/a.csv' }]);
  });

  it('are allowed when both keep their data', () => {
    expect(overlaps([at('1', keep), at('2', keep)], files)).toEqual([]);
  });

  it('are named to each other', () => {
    const overlap = { keys: ['one', 'two'] as const, file: 'in/a.csv' };
    expect(overlapMessage(overlap, 'one')).toContain('which two matches too');
    expect(overlapMessage(overlap, 'two')).toContain('which one matches too');
  });
});
