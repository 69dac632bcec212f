import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doubled, loadedFiles, openStage } from './fleet-for-specs.ts';
import type { Stage } from './fleet-for-specs.ts';

/** S3 takes 1,024 bytes of UTF-8; every archived copy of these has a hashed key. */
const KEY_BYTES = 1_000;
const long = (start: string, letter: string): string =>
  start +
  letter.repeat(Math.floor((KEY_BYTES - Buffer.byteLength(`${start}.csv`)) / Buffer.byteLength(letter)));

const NAMES = [
  'with space',
  ' leading and trailing ',
  'plus+plus',
  'percent%2Bplus',
  'percent%',
  'equals=sign&and;semi,comma',
  'date=2026-11-21',
  'quote\'double"back\\slash',
  '(round)[square]{curly}<angle>',
  '#hash?question*star|bar',
  'Ünïcode-日本語-🚀',
  'e\u0301-and-\u00e9',
  '..dots...',
] as const;

const DIRECTORIES = ['year=2026/a+b c/', 'ünder/日本/', '%2F/'] as const;

describe('keys of any kind', () => {
  let stage: Stage;
  const keys = [
    ...NAMES.map((name) => `odd/${name}.csv`),
    ...DIRECTORIES.map((directory) => `odd/${directory}file 1+1=2.csv`),
    `${long('odd/long-', 'x')}.csv`,
    `${long('odd/wide-', '語')}.csv`,
  ];

  beforeAll(async () => {
    stage = await openStage();
    await stage.sql.query('create table odd (n integer)');
    const body = `{:table "odd" :columns ["n"] :database :main :strategy "append" :options "CSV"
      :data-pattern "(?s).*[.]csv"}`;
    await Promise.all(keys.map((key, n) => stage.drop(key, `${n}\n`)));
    for (const directory of ['', ...DIRECTORIES]) await stage.drop(`odd/${directory}manifest.edn`, body);
    await Promise.all([stage.start('watcher'), stage.start('loader'), stage.start('cleaner')]);
  });
  afterAll(() => stage.close());

  it.each(keys.map((key, n) => ({ key, n })))('$key is loaded and archived', async ({ key, n }) => {
    expect(await stage.heard.cleaned(key)).toBe('archived');
    expect(await stage.rows(`select n from odd where n = ${n}`)).toEqual([[n]]);
    expect(await stage.isThere(key)).toBe(false);
  });

  it('were loaded once each, under their own names', async () => {
    const events = await stage.curtain();
    expect(doubled(loadedFiles(events))).toEqual([]);
    expect(await stage.rows('select n from odd order by n')).toEqual(keys.map((_key, n) => [n]));
    const ledger = (await stage.ledger('odd')) as [string, number][];
    expect(ledger.map(([key]) => key).toSorted()).toEqual(keys.toSorted());
    expect(await stage.keys('odd/')).toEqual(expect.arrayContaining(['odd/manifest.edn']));
    expect(await stage.keys('_dopplershift/archive/')).toHaveLength(keys.length);
    expect(events.filter((event) => event.type === 'load-failed')).toEqual([]);
  });
});
