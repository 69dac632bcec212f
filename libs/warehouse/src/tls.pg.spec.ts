import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret, asFailure, silentLog } from '#contracts';
import { startStack } from '#stack';
import type { Stack } from '#stack';
import { selfSigned } from '#testing';
import { openWarehouse } from './open-warehouse.ts';

const noFiles = () => Promise.reject(new Error('no plan runs here'));
const NO_FILES = { openFile: noFiles, readFileList: noFiles, readObject: noFiles, log: silentLog };

/** Connects as a warehouse does; says whether the server saw TLS. */
async function connected(url: string, sql: pg.Client): Promise<boolean> {
  const loaderId = `tls-${Math.random()}`;
  const options = { name: 'w', url: new Secret(url), dialect: 'postgres', loaderId } as const;
  const warehouse = openWarehouse(options, NO_FILES);
  try {
    await warehouse.ping();
    const { rows } = await sql.query<{ ssl: boolean }>(
      `select ssl from pg_stat_ssl join pg_stat_activity using (pid) where application_name like $1`,
      [`%${loaderId}`],
    );
    return rows[0]?.ssl ?? false;
  } finally {
    await warehouse.close();
  }
}

async function refusal(url: string, sql: pg.Client) {
  try {
    await connected(url, sql);
  } catch (thrown) {
    const { code, message, remedy } = asFailure(thrown);
    return { code, message, remedy };
  }
  throw new Error('it connected');
}

/** The server itself writes them: only its user may be able to read the key. */
async function switchOn(sql: pg.Client, { certificate, key }: { certificate: string; key: string }) {
  for (const [file, text] of [['server.crt', certificate] as const, ['server.key', key] as const])
    await sql.query(
      `copy (select unnest(string_to_array($$${text.trim()}$$, chr(10))))
       to program 'umask 077; cat > ${file}'`,
    );
  await sql.query('alter system set ssl = on');
  await sql.query('select pg_reload_conf()');
}

describe('a server without TLS', () => {
  let stack: Stack;
  let sql: pg.Client;
  let folder: string;

  beforeAll(async () => {
    stack = await startStack({ services: ['postgres'] });
    sql = new pg.Client({ connectionString: stack.endpoints.postgresUrl });
    await sql.connect();
    folder = await mkdtemp(join(tmpdir(), 'tls-'));
  });
  afterAll(async () => {
    await sql.end();
    await stack.stop();
    await rm(folder, { recursive: true });
  });

  const url = (host: string, query: string) => {
    const given = new URL(stack.endpoints.postgresUrl);
    given.hostname = host;
    return `${given.href}?${query}`;
  };
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return encodeURIComponent(join(folder, name));
  };

  it('is refused where TLS is demanded, with a word about it', async () => {
    expect(await connected(url('127.0.0.1', 'sslmode=prefer'), sql)).toBe(false);
    for (const mode of ['require', 'verify-ca', 'verify-full'])
      expect(await refusal(url('127.0.0.1', `sslmode=${mode}`), sql)).toMatchObject({
        code: 'access-denied',
        message: expect.stringContaining('does not support SSL'),
        remedy: expect.stringContaining('sslmode'),
      });
  });

  it('that learns it is spoken to as the url says', async () => {
    const server = selfSigned(['127.0.0.1']);
    await switchOn(sql, server);
    await expect
      .poll(() => connected(url('127.0.0.1', 'sslmode=require'), sql).catch(asFailure), { timeout: 20_000 })
      .toBe(true);
    expect(await connected(url('127.0.0.1', 'sslmode=disable'), sql)).toBe(false);

    const known = `sslrootcert=${await file('known.pem', server.certificate)}`;
    const other = `sslrootcert=${await file('other.pem', selfSigned(['127.0.0.1']).certificate)}`;
    for (const mode of ['sslmode=verify-ca', 'sslmode=verify-full', 'ssl=true']) {
      expect([mode, await connected(url('127.0.0.1', `${mode}&${known}`), sql)]).toEqual([mode, true]);
      for (const query of [`${mode}&${other}`, mode])
        expect(await refusal(url('127.0.0.1', query), sql)).toMatchObject({
          code: 'access-denied',
          message: expect.stringContaining('self-signed certificate'),
          remedy: expect.stringContaining('sslrootcert'),
        });
    }
    // The certificate is for an address, not for this name.
    expect(await connected(url('localhost', `sslmode=verify-ca&${known}`), sql)).toBe(true);
    const misnamed = await refusal(url('localhost', `sslmode=verify-full&${known}`), sql);
    expect(misnamed).toMatchObject({ code: 'access-denied', message: expect.stringContaining('altnames') });
  });
});
