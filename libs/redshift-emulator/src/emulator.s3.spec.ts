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
});
