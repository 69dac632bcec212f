import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { Secret } from '#contracts';
import { memoryObjectStore } from '#object-store';
import { freshDatabase } from '#testing';
import { startEmulator } from '../start-emulator.ts';

const start = (url: string): ReturnType<typeof startEmulator> =>
  startEmulator({ backendUrl: new Secret(url), s3: memoryObjectStore() });

async function onBackend(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

describe('the catalog', () => {
  it('is put into a database once, however many emulators come at the same time', async () => {
    const url = await freshDatabase();
    const emulators = await Promise.all([start(url), start(url), start(url)]);
    const client = new pg.Client({ connectionString: emulators[2]?.url });
    await client.connect();
    expect((await client.query('select count(*)::int as n from stl_load_errors')).rows).toEqual([{ n: 0 }]);
    await client.end();
    await Promise.all(emulators.map((one) => one.close()));
  });

  it('of another edition is said to be in the way, where it is', async () => {
    const url = await freshDatabase();
    await onBackend(
      url,
      `create schema redshift_emulator; comment on schema redshift_emulator is 'old';
       create function redshift_emulator.getdate() returns text language sql as 'select null::text'`,
    );
    await expect(start(url)).rejects.toThrow('drop schema redshift_emulator cascade');
  });
});
