import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTrial } from '../trial-emulator.ts';
import type { TrialEmulator } from '../trial-emulator.ts';

let trial: TrialEmulator;
let client: pg.Client;
const notices: string[] = [];

beforeAll(async () => {
  trial = await openTrial();
  client = new pg.Client({ connectionString: trial.emulator.url });
  client.on('notice', ({ message }) => void notices.push(message ?? ''));
  await client.connect();
  await client.query('create table t (id int, name varchar(40), price decimal(8,2), ok boolean, doc super)');
  await client.query(
    String.raw`insert into t select 1, 'a|b "c"', 1.5, true, json_parse('{"a":[1]}')
               union all select 2, 'line\nend', null, false, null union all select 3, '', 0, null, null`,
  );
});

afterAll(async () => {
  await client.end();
  await trial.close();
});

const unload = (query: string, prefix: string, options = ''): Promise<unknown> =>
  client.query(`unload ('${query}') to 's3://${trial.bucket}/${prefix}' iam_role default ${options}`);

async function unloaded(
  prefix: string,
  options: string,
  query = 'select id, name, price from t order by id',
): Promise<string> {
  await unload(query, prefix, `${options} parallel off`);
  return String(await trial.get(`${prefix}000`));
}

describe('UNLOAD', () => {
  it('writes fields between bars, NULL as nothing', async () => {
    expect(await unloaded('plain', '', 'select id, price, ok from t order by id')).toBe(
      '1|1.50|t\n2||f\n3|0.00|\n',
    );
    expect(notices.at(-1)).toBe('UNLOAD completed, 3 record(s) unloaded successfully.');
  });

  it.each([
    ['escape', String.raw`1|a\|b "c"|1.50` + '\n2|line\\\nend|\n3||0.00\n'],
    ['addquotes escape', String.raw`"1"|"a\|b \"c\""|"1.50"` + '\n"2"|"line\\\nend"|\n"3"|""|"0.00"\n'],
    ["delimiter ';' null as 'NULL' header", 'id;name;price\n1;a|b "c";1.50\n2;line\nend;NULL\n3;;0.00\n'],
    ['csv', '1,"a|b ""c""",1.50\n2,"line\nend",\n3,,0.00\n'],
    ["format as csv delimiter as '|' header", 'id|name|price\n1|"a|b ""c"""|1.50\n2|"line\nend"|\n3||0.00\n'],
    ["fixedwidth 'id:2,name:5,price:6'", '1 a|b "1.50  \n2 line\n      \n3      0.00  \n'],
  ])('%s', async (options, expected) => {
    expect(await unloaded(`o${options.length}/`, options)).toBe(expected);
  });

  it('writes JSON, a document a line, that COPY reads again', async () => {
    expect(await unloaded('json/', 'json', 'select * from t order by id')).toBe(
      '{"id":1,"name":"a|b \\"c\\"","price":1.50,"ok":true,"doc":{"a":[1]}}\n' +
        '{"id":2,"name":"line\\nend","price":null,"ok":false,"doc":null}\n' +
        '{"id":3,"name":"","price":0.00,"ok":null,"doc":null}\n',
    );
    await client.query('create table again (like t)');
    await client.query(`copy again from 's3://${trial.bucket}/json/' iam_role default json 'auto'`);
    const { rows } = await client.query('select * from t except select * from again');
    expect(rows).toEqual([]);
  });

  it('spreads rows over slices, and names them in a manifest that COPY takes', async () => {
    await unload('select id, name from t', 'spread/', 'manifest gzip escape');
    const keys = await trial.keys('spread/');
    expect(keys).toEqual(['spread/0000_part_00.gz', 'spread/0001_part_00.gz', 'spread/manifest']);
    const [first = ''] = keys;
    expect(String(gunzipSync(await trial.get(first)))).toContain('1|');
    await client.query('create table twice (id int, name varchar(40))');
    await client.query(
      `copy twice from 's3://${trial.bucket}/spread/manifest' iam_role default manifest gzip escape`,
    );
    expect((await client.query('select count(*)::int from twice')).rows).toEqual([{ count: 3 }]);
    const verbose = 'select id from t';
    await unload(verbose, 'verbose/', 'manifest verbose parallel off');
    expect(JSON.parse(String(await trial.get('verbose/manifest')))).toMatchObject({
      entries: [{ meta: { content_length: 6, record_count: 3 } }],
      meta: { record_count: 3 },
    });
  });

  it('writes over what is there only when told, and can clear the place first', async () => {
    await unload('select 1', 'there/');
    await expect(unload('select 1', 'there/')).rejects.toThrow(
      /^Specified unload destination on S3 is not empty/,
    );
    await unload('select 2', 'there/', 'allowoverwrite parallel off');
    expect(await trial.keys('there/')).toEqual(['there/000', 'there/0000_part_00']);
    await unload('select 3', 'there/', 'cleanpath parallel off');
    expect(await trial.keys('there/')).toEqual(['there/000']);
  });

  it('writes nothing for no rows', async () => {
    await unload('select id from t where id > 9', 'empty/');
    expect(await trial.keys('empty/')).toEqual([]);
  });

  it('sees what its transaction has done, and takes quotes in the query', async () => {
    await client.query("begin; insert into t (id, name) values (9, 'nine')");
    await unload(
      String.raw`select id from t where name = \'nine\' or name = ''x''`,
      'inside/',
      'parallel off',
    );
    await client.query('rollback');
    expect(String(await trial.get('inside/000'))).toBe('9\n');
    const { rows } = await client.query(
      "select trim(path) as path, line_count::int from stl_unload_log where path like '%inside%'",
    );
    expect(rows).toEqual([{ path: `s3://${trial.bucket}/inside/000`, line_count: 1 }]);
  });

  it.each([
    ['select id from t limit 1', '', 'Limit clause is not supported'],
    ['select distinct on (id) id from t', '', 'DISTINCT ON'],
    ['delete from t', '', 'UNLOAD takes a SELECT'],
    ['select 1', 'format parquet', 'the emulator does not write PARQUET'],
    ['select 1', 'partition by (id)', 'does not write partitions'],
    ['select 1', 'json header', 'JSON cannot be used with DELIMITER or HEADER'],
    ['select 1', 'nonsense', 'UNLOAD does not know nonsense'],
  ])('refuses %s %s', async (query, options, message) => {
    await expect(unload(query, 'refused/', options)).rejects.toThrow(message);
  });
});
