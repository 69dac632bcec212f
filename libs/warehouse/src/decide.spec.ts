import { describe, expect, it } from 'vitest';
import { Failure, parseETag, parseWarehouseName } from '#contracts';
import type { DeleteRows, LoadPlan, Once } from '#contracts';
import { decide } from './decide.ts';
import type { Ask, Memory } from './decide.ts';
import { fileKey } from './plan-files.ts';
import type { PlannedFile } from './plan-files.ts';

const once = { each: { kind: 'EachFile' }, whole: { kind: 'Whole' } } as const;
const plainly: Ask = { retry: false, force: false, afterLoad: { data: 'keep' } };

function planned(...names: string[]): PlannedFile[] {
  return names.map((key) => {
    const ref = { bucket: 'b', key, etag: parseETag('e'), size: 1, lastModified: 1000 };
    return { ref, tableIndex: 0, stepIndex: 0, key: fileKey(0, ref) };
  });
}

type Known = { loaded?: string[]; failed?: string[]; position?: string; forcedBefore?: boolean };

function memory(known: Known): Memory {
  const keys = (names: string[] = []) => new Set(planned(...names).map((file) => file.key));
  const { position, forcedBefore = false } = known;
  return { loaded: keys(known.loaded), failed: keys(known.failed), position, forcedBefore };
}

function plan(kind: Once): LoadPlan {
  const warehouse = { kind: 'Named', name: parseWarehouseName('dw') } as const;
  return { warehouse, once: kind, tables: [], statementTimeoutMs: 1000 };
}

type Case = [Once, string, Parameters<typeof memory>[0], Partial<Ask>, string];

describe('what of a plan runs', () => {
  it.each<Case>([
    [once.each, 'a b', {}, {}, 'run a b'],
    [once.each, 'a b', { loaded: ['a'] }, {}, 'run b'],
    [once.each, 'a b', { loaded: ['a', 'b'] }, {}, 'nothing-to-do'],
    [once.each, 'a b', { failed: ['a'] }, {}, 'run b'],
    [once.each, 'a b', { failed: ['a'] }, { retry: true }, 'run a b'],
    [once.each, 'a b', { loaded: ['a'], failed: ['b'] }, {}, 'nothing-to-do'],
    [once.each, 'a b', { loaded: ['a', 'b'] }, { retry: true }, 'nothing-to-do'],
    [once.each, 'a b', { loaded: ['a'], failed: ['b'] }, { force: true }, 'run a b'],
    [once.each, '', {}, {}, 'nothing-to-do'],
    [once.whole, 'a b', { loaded: ['a'] }, {}, 'run a b'],
    [once.whole, 'a b', { loaded: ['a', 'b'] }, {}, 'nothing-to-do'],
    [once.whole, 'a b', { loaded: ['a', 'b'] }, { force: true }, 'run a b'],
    [once.whole, 'a b', { failed: ['a', 'b'] }, {}, 'nothing-to-do'],
    [once.whole, 'a b', { failed: ['a'] }, {}, 'run a b'],
    [once.whole, 'a b', { failed: ['a', 'b'] }, { retry: true }, 'run a b'],
    [once.whole, '', {}, {}, 'run'],
    [once.each, 'a b', { loaded: ['a', 'b'], forcedBefore: true }, { force: true }, 'nothing-to-do'],
    [once.each, 'a b', { loaded: ['a'], forcedBefore: true }, { force: true }, 'run b'],
    [once.whole, 'a b', { loaded: ['a', 'b'], forcedBefore: true }, { force: true }, 'nothing-to-do'],
  ])('%j of [%s] with memory %j and %j: %s', (kind, names, known, ask, expected) => {
    const files = planned(...names.split(' ').filter(Boolean));
    const { kind: what, left } = decide(plan(kind), files, memory(known), { ...plainly, ...ask });
    const running = files.filter((file) => !left.has(file.key)).map((file) => file.ref.key);
    expect([what, ...(what === 'run' ? running : [])].join(' ')).toBe(expected);
  });

  it('says of each file left out why', () => {
    const files = planned('a', 'b', 'c');
    const { left } = decide(plan(once.each), files, memory({ loaded: ['a'], failed: ['a', 'b'] }), plainly);
    expect([...left.values()]).toEqual(['already-loaded', 'failed-before']);
  });
});

describe('a plan that replaces the table, whose files are removed once they are loaded', () => {
  const everything = { kind: 'DeleteRows', rows: { kind: 'All' } } as const;
  const range = { kind: 'DeleteRows', rows: { kind: 'Range', column: 'at', from: 0, to: 1 } } as const;
  const removing: Ask = { ...plainly, afterLoad: { data: 'remove' } };
  const deleting = (step: DeleteRows): LoadPlan => {
    const tables = [{ target: { schema: 'public', table: 't' }, steps: [step] }];
    return { ...plan(once.whole), tables };
  };

  it.each<[string, DeleteRows, Known, Ask, string]>([
    ['leaves out what is on its way out', everything, { loaded: ['a'] }, removing, 'run b'],
    ['runs nothing when all is loaded', everything, { loaded: ['a', 'b'] }, removing, 'nothing-to-do'],
    ['runs all of what is new', everything, {}, removing, 'run a b'],
    ['runs all of it when forced', everything, { loaded: ['a'] }, { ...removing, force: true }, 'run a b'],
    ['runs all of it when its files stay', everything, { loaded: ['a'] }, plainly, 'run a b'],
    ['runs all of it when only a range is deleted', range, { loaded: ['a'] }, removing, 'run a b'],
  ])('%s', (_title, step, known, ask, expected) => {
    const files = planned('a', 'b');
    const { kind, left } = decide(deleting(step), files, memory(known), ask);
    const running = files.filter((file) => !left.has(file.key)).map((file) => file.ref.key);
    expect([kind, ...running].join(' ')).toBe(expected);
  });
});

describe('the place of a plan in its stream', () => {
  const at = (after: string, upTo: string): LoadPlan => plan({ kind: 'Sequence', stream: 's', after, upTo });

  it.each([
    [undefined, '', '0/10', 'run'],
    [undefined, '0/0', '0/10', 'run'],
    ['0/10', '0/10', '0/20', 'run'],
    ['0/20', '0/10', '0/20', 'nothing-to-do'],
    ['1/0', '0/10', '0/FFFFFFFF', 'nothing-to-do'],
    ['20', '3', '10', 'nothing-to-do'],
    ['10', '10', '20', 'run'],
  ])('recorded %s, after %j up to %j: %s', (position, after, upTo, expected) => {
    const known = memory(position === undefined ? {} : { position });
    expect(decide(at(after, upTo), planned('a'), known, plainly).kind).toBe(expected);
  });

  it.each([
    ['0/10', '0/18', '0/20'],
    [undefined, '0/18', '0/20'],
    ['what', '0/10', '0/20'],
  ])('a gap between %s and %s is a failure', (position, after, upTo) => {
    const known = memory(position === undefined ? {} : { position });
    expect(() => decide(at(after, upTo), [], known, plainly)).toThrow(Failure);
  });

  it('force does not move a stream back', () => {
    const known = memory({ position: '0/20' });
    const forced = decide(at('0/10', '0/20'), planned('a'), known, { ...plainly, force: true });
    expect(forced.kind).toBe('nothing-to-do');
  });
});
