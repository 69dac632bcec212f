import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret, silentLog } from '#contracts';
import { s3ObjectStore } from '#object-store';
import type { ObjectStore } from '#object-store';
import { freshBucket, freshDatabase, stackEndpoints } from '#testing';
import { startEmulator } from './index.ts';
import type { Emulator } from './index.ts';

let emulator: Emulator;
let store: ObjectStore;
let bucket: string;
let client: pg.Client;

beforeAll(async () => {
  const { s3 } = stackEndpoints();
  const options = { ...s3, secretAccessKey: new Secret(s3.secretAccessKey), forcePathStyle: true };
  store = s3ObjectStore(options, silentLog);
  bucket = await freshBucket();
  emulator = await startEmulator({ backendUrl: new Secret(await freshDatabase()), s3: options });
  client = new pg.Client({ connectionString: emulator.url });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await emulator.close();
  store.close();
});

describe('the emulator', () => {
  it('loads files and tells what became of them, in the simple and the extended protocol', async () => {
    const { rows } = await client.query("select version(), getdate() as d, 'a\\\\b' as t");
    expect(rows[0].version).toContain('Redshift');
    expect(rows[0].t).toBe('a\\b');
    await client.query('create table t (id int, name varchar(10))');
    await store.put({ bucket, key: 'in/a.txt' }, Buffer.from('1|one\n2|two\n'));
    await store.put({ bucket, key: 'in/b.txt' }, Buffer.from('3|three\n'));
    await client.query(`copy t from 's3://${bucket}/in/' iam_role default`);
    expect((await client.query('select * from t order by 1')).rows).toHaveLength(3);
    expect((await client.query('select pg_last_copy_count()')).rows).toEqual([{ pg_last_copy_count: '3' }]);
    await client.query({ name: 'x', text: `copy t from 's3://${bucket}/in/' iam_role default` });
    expect((await client.query('select * from t where id > $1', [0])).rows).toHaveLength(6);
    await store.put({ bucket, key: 'bad.txt' }, Buffer.from('x|one\n'));
    await expect(client.query(`copy t from 's3://${bucket}/bad' iam_role default`)).rejects.toThrow(
      'Load into',
    );
    expect((await client.query('select pg_last_copy_count()')).rows).toEqual([{ pg_last_copy_count: '0' }]);
    expect((await client.query('select * from stl_load_errors')).rows).toMatchObject([{ err_code: 1207 }]);
  });

  it.each(['simple', 'extended'])('says in a transaction, too, why a COPY failed: %s', async (mode) => {
    await client.query('create table blocked (id int, name varchar(10))');
    await store.put({ bucket, key: `${mode}/a.gz` }, Buffer.from('1|no gzip\n'));
    await client.query('begin');
    const text = `copy blocked from 's3://${bucket}/${mode}/' iam_role default gzip`;
    const copy = client.query(mode === 'simple' ? text : { name: mode, text });
    await expect(copy).rejects.toThrow(/declared GZIP/);
    await expect(client.query('select 1')).rejects.toThrow('current transaction is aborted');
    await client.query('rollback');
    await client.query('drop table blocked');
  });
});
