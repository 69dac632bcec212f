import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FailureCode } from '#contracts';
import { doubled, failuresOf, loadedFiles, openStage } from './fleet-for-specs.ts';
import type { Stage } from './fleet-for-specs.ts';
import { names } from './heard.ts';

type Case = {
  readonly what: string;
  readonly table: string;
  readonly name?: string;
  readonly wrong: string;
  readonly code: FailureCode;
  readonly says: RegExp;
};

const manifestOf = (table: string, rest = ':data-pattern ".*csv"') =>
  `{:table "${table}" :columns ["id"] :database :main :strategy "append" :options "CSV" ${rest}}`;

const CASES: readonly Case[] = [
  {
    what: 'that is no EDN',
    table: 'no_edn',
    wrong: '{:table "no_edn"\n :columns ["id"\n :database :main}',
    code: 'manifest-invalid',
    says: /line 3, column \d+: /,
  },
  {
    what: 'with a key that is unknown',
    table: 'unknown_key',
    wrong: manifestOf('unknown_key', '\n :datapattern ".*csv"'),
    code: 'manifest-invalid',
    says: /line 2, column 2: unknown key :datapattern.*data-pattern/,
  },
  {
    what: 'for a warehouse that is not configured',
    table: 'unknown_database',
    wrong: manifestOf('unknown_database').replace(':main', ':mian'),
    code: 'warehouse-unknown',
    says: /:database: no warehouse of this name is configured; known are main.*main/,
  },
  {
    what: 'whose pattern matches the manifest itself',
    table: 'matches_itself',
    wrong: manifestOf('matches_itself', ':data-pattern ".*"'),
    code: 'manifest-invalid',
    says: /:data-pattern: matches the manifest itself \(matches_itself\/manifest.edn\)/,
  },
  {
    what: 'with an option that COPY does not have',
    table: 'unknown_option',
    wrong: manifestOf('unknown_option').replace('"CSV"', '"CVS"'),
    code: 'options-invalid',
    says: /line 1, column \d+: :options: .*CVS/,
  },
  {
    what: 'with an inline url that nobody allowed',
    table: 'inline_url',
    wrong: manifestOf('inline_url').replace(':database :main', ':jdbc-url "jdbc:postgresql://h:1/db?user=u"'),
    code: 'inline-url-refused',
    says: /manifests\.allowInlineUrls/,
  },
  {
    what: 'with SQL that nobody allowed',
    table: 'inline_sql',
    wrong: manifestOf('inline_sql', ':data-pattern ".*csv" :staging-select "select * from {{table}}"'),
    code: 'manifest-invalid',
    says: /manifests\.allowCustomStagingSelect/,
  },
  {
    what: 'in JSON that breaks off',
    table: 'no_json',
    name: 'manifest.json',
    wrong: '{\n  "table": "no_json",\n  "columns": [',
    code: 'manifest-invalid',
    says: /line 3, column \d+: /,
  },
  {
    what: 'in YAML with two problems',
    table: 'no_yaml',
    name: 'manifest.yaml',
    wrong: 'table: no_yaml\ncolumns: [id]\ndatabase: main\nstrategy: upsert\ndata-pattern: "(?=.*)csv"\n',
    code: 'manifest-invalid',
    says: /line 4, column \d+: strategy: .*\n?.*line 5, column \d+: data-pattern: /s,
  },
];

describe('a manifest', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage();
    for (const table of [...CASES.map((one) => one.table), 'neighbour', 'one', 'two'])
      await stage.sql.query(`create table ${table} (id integer)`);
    for (const one of CASES)
      await stage.dropAll(`${one.table}/`, { 'a.csv': '1\n' }, { name: nameOf(one), body: one.wrong });
    await Promise.all([stage.start('watcher'), stage.start('loader'), stage.start('cleaner')]);
  });
  afterAll(() => stage.close());

  const nameOf = ({ name }: Case): string => name ?? 'manifest.edn';

  it.each(CASES)('$what is reported with the place of its problem, and works when mended', async (one) => {
    const key = `${one.table}/${nameOf(one)}`;
    const failed = await stage.heard.failed(key);
    expect(failed).toMatchObject({
      code: one.code,
      stage: 'plan',
      files: [`s3://${stage.bucket}/${key}`],
      remedy: expect.stringMatching(/^[A-Z].*\.$/),
    });
    expect(failed.message).toMatch(one.says);
    await stage.drop(`${one.table}/manifest.edn`, manifestOf(one.table));
    await stage.heard.cleaned(`${one.table}/a.csv`);
    expect(await stage.rows(`select id from ${one.table}`)).toEqual([[1]]);
  });

  it('that claims the files of another is refused with it, until they exclude each other', async () => {
    const both = { 'one-manifest.edn': manifestOf('one'), 'two-manifest.edn': manifestOf('two') };
    await stage.dropAll('overlap/', both);
    await stage.dropAll('overlap/', { '1.csv': '1\n', '2.csv': '2\n' });
    for (const [name, other] of [
      ['one-manifest.edn', 'two-manifest.edn'],
      ['two-manifest.edn', 'one-manifest.edn'],
    ]) {
      const failed = await stage.heard.failed(`overlap/${name}`);
      expect(failed.code).toBe('manifest-invalid');
      expect(failed.message).toContain(`which overlap/${other} matches too; let the patterns exclude`);
    }
    await stage.drop('overlap/one-manifest.edn', manifestOf('one', ':data-pattern ".*1.csv"'));
    await stage.drop('overlap/two-manifest.edn', manifestOf('two', ':data-pattern ".*2.csv"'));
    for (const name of ['1.csv', '2.csv']) await stage.heard.cleaned(`overlap/${name}`);
    expect(await stage.rows('select id from one union all select 10 * id from two order by 1')).toEqual([
      [1],
      [20],
    ]);
  });

  it('that is wrong keeps no other directory, and no other manifest beside it, waiting', async () => {
    const beside = { 'wrong-manifest.edn': '{', 'manifest.edn': manifestOf('neighbour') };
    await stage.dropAll('neighbour/', { 'a.csv': '1\n' });
    await stage.dropAll('neighbour/', beside);
    await stage.heard.cleaned('neighbour/a.csv');
    await stage.heard.failed('neighbour/wrong-manifest.edn');
    expect(await stage.rows('select id from neighbour')).toEqual([[1]]);
  });

  it('was reported once per version, and every file was loaded once', async () => {
    const events = await stage.curtain();
    const keys = CASES.map((one) => `${one.table}/${nameOf(one)}`);
    for (const key of [...keys, 'neighbour/wrong-manifest.edn'])
      expect(
        failuresOf(events, (event) => names(event, key)),
        key,
      ).toHaveLength(1);
    expect(
      doubled(failuresOf(events, () => true).map(({ loadId, message }) => `${loadId} ${message}`)),
    ).toEqual([]);
    expect(doubled(loadedFiles(events))).toEqual([]);
  });
});
