import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTrial } from '../trial-emulator.ts';
import type { TrialEmulator } from '../trial-emulator.ts';
import { FrameSplitter } from '../wire/frame-splitter.ts';
import { BodyReader } from '../wire/read-body.ts';
import { readMessageFields } from '../wire/server-message.ts';
import * as say from '../wire/write-frame.ts';

let trial: TrialEmulator;

beforeAll(async () => {
  trial = await openTrial();
});
afterAll(async () => {
  await trial.close();
});

const SSL_REQUEST = 80_877_103;

/** A client that says exactly what a test wants. */
class RawClient {
  readonly #socket: Socket;
  readonly #splitter = new FrameSplitter('session');

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async open(version = 3 << 16, ...extra: readonly string[]): Promise<RawClient> {
    const { hostname, port, username, pathname } = new URL(trial.emulator.url);
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, 'connect');
    socket.write(say.bareFrame({ int32: SSL_REQUEST }));
    // the letter that says no to TLS
    await once(socket, 'data');
    const texts = ['user', username, 'database', pathname.slice(1), ...extra].map((text) => ({ text }));
    socket.write(say.bareFrame({ int32: version }, ...texts, { bytes: Buffer.alloc(1) }));
    return new RawClient(socket);
  }

  say(...frames: readonly Buffer[]): void {
    this.#socket.write(Buffer.concat(frames));
  }

  /** Everything up to the next ReadyForQuery, briefly: type letters, with what errors and notices say. */
  async heard(): Promise<string[]> {
    const heard: string[] = [];
    for (;;) {
      for (let next = this.#splitter.next(); next; next = this.#splitter.next()) {
        heard.push(brief(next.type, next.body));
        if (next.type === 'Z') return heard;
      }
      this.#splitter.add((await once(this.#socket, 'data'))[0] as Buffer);
    }
  }

  end(): void {
    this.#socket.end(say.terminate());
  }
}

function brief(type: string, body: Buffer): string {
  if (type === 'E') return `E ${readMessageFields(body).get('C') ?? ''}`;
  if (type === 'Z') return `Z ${String(body)}`;
  if (type === 'C') return `C ${new BodyReader(body).text()}`;
  if (type !== 'S') return type;
  const reader = new BodyReader(body);
  return `S ${reader.text()}=${reader.text()}`;
}

const run = (name: string): Buffer[] => [say.bindPlain('', name), say.execute('')];

describe('the beginning of a session', () => {
  it('reports itself as Redshift does, without what Redshift does not report', async () => {
    const client = await RawClient.open();
    const heard = await client.heard();
    expect(heard[0]).toBe('R');
    expect(heard).toContain('S server_version=8.0.2');
    expect(heard.join()).not.toContain('standard_conforming_strings');
    expect(heard.slice(-2)).toEqual(['K', 'Z I']);
    client.end();
  });

  it('offers 3.0 to clients that would like a newer protocol', async () => {
    const client = await RawClient.open((3 << 16) + 2, '_pq_.fancy', 'yes');
    expect((await client.heard())[0]).toBe('v');
    client.end();
  });

  it('understands what drivers for Redshift say of themselves', async () => {
    const client = await RawClient.open(
      3 << 16,
      'driver_version',
      '2',
      'os_version',
      'x',
      'plugin_name',
      'y',
    );
    expect((await client.heard()).at(-1)).toBe('Z I');
    client.end();
  });

  it('says which database there is not', async () => {
    const url = new URL(trial.emulator.url);
    url.pathname = '/nowhere';
    const client = new pg.Client({ connectionString: url.href });
    await expect(client.connect()).rejects.toMatchObject({ code: '3D000' });
  });
});

describe('the extended protocol', () => {
  it('skips everything after an error until Sync, and is in order then', async () => {
    const client = await RawClient.open();
    await client.heard();
    client.say(
      say.parse('', 'create temp table x (a int)'),
      ...run(''),
      say.parse('', 'insert into x values (1) on conflict do nothing'),
      ...run(''),
      say.parse('', 'select 1'),
      ...run(''),
      say.sync(),
      say.query("select count(*) from pg_table_def where tablename = 'x'"),
    );
    expect(await client.heard()).toEqual(['1', '2', 'C CREATE TABLE', 'E 42601', 'Z I']);
    expect(await client.heard()).toEqual(['T', 'D', 'C SELECT 1', 'Z I']);
    client.end();
  });

  it('keeps statements of its own by name, run again and closed', async () => {
    const client = await RawClient.open();
    await client.heard();
    client.say(say.query('create temp table x (a int)'));
    await client.heard();
    client.say(say.parse('cut', 'truncate x'), say.sync());
    expect(await client.heard()).toEqual(['1', 'Z I']);
    client.say(...run('cut'), ...run('cut'), say.sync());
    expect(await client.heard()).toEqual(['2', 'C TRUNCATE TABLE', '2', 'C TRUNCATE TABLE', 'Z I']);
    client.say(say.close('statement', 'cut'), ...run('cut'), say.sync());
    expect(await client.heard()).toEqual(['3', 'E 26000', 'Z I']);
    client.end();
  });

  it('describes what it does itself as without rows', async () => {
    const client = await RawClient.open();
    await client.heard();
    const describeStatement = say.frame('D', { bytes: Buffer.from('S') }, { text: 'v' });
    client.say(say.parse('v', 'vacuum'), describeStatement, say.sync());
    expect(await client.heard()).toEqual(['1', 't', 'n', 'Z I']);
    client.end();
  });

  it('tells the state of the transaction truly', async () => {
    const client = await RawClient.open();
    await client.heard();
    client.say(say.parse('', 'begin'), ...run(''), say.sync());
    expect((await client.heard()).at(-1)).toBe('Z T');
    client.say(say.parse('', 'vacuum'), ...run(''), say.sync());
    expect(await client.heard()).toEqual(['1', '2', 'E 25001', 'Z E']);
    client.say(say.parse('', 'vacuum'), say.sync());
    expect(await client.heard()).toEqual(['E 25P02', 'Z E']);
    client.say(say.parse('', 'commit'), ...run(''), say.sync());
    expect(await client.heard()).toEqual(['1', '2', 'C ROLLBACK', 'Z I']);
    client.end();
  });
});

describe('the simple protocol', () => {
  it('answers several statements, up to the one that fails', async () => {
    const client = await RawClient.open();
    await client.heard();
    client.say(say.query('create temp table x (a int); insert into x values (1); savepoint s; select 1'));
    expect(await client.heard()).toEqual(['C CREATE TABLE', 'C INSERT 0 1', 'E 0A000', 'Z I']);
    client.say(say.query("select 1 from pg_table_def where tablename = 'x'"));
    expect(await client.heard()).toEqual(['T', 'C SELECT 0', 'Z I']);
    client.end();
  });

  it('lets a client begin and commit within one text', async () => {
    const client = await RawClient.open();
    await client.heard();
    client.say(say.query('create temp table x (a int); begin; insert into x values (1)'));
    expect(await client.heard()).toEqual(['C CREATE TABLE', 'C BEGIN', 'C INSERT 0 1', 'Z T']);
    client.say(say.query('truncate x; rollback; select 1'));
    expect(await client.heard()).toEqual([
      'C TRUNCATE TABLE',
      'N',
      'C ROLLBACK',
      'T',
      'D',
      'C SELECT 1',
      'Z I',
    ]);
    client.end();
  });

  it('answers an empty text, and text that cannot be read', async () => {
    const client = await RawClient.open();
    await client.heard();
    client.say(say.query(' ; -- nothing'), say.query("select 'open"), say.query('selec 1'));
    expect(await client.heard()).toEqual(['I', 'Z I']);
    expect(await client.heard()).toEqual(['E 42601', 'Z I']);
    expect(await client.heard()).toEqual(['E 42601', 'Z I']);
    client.end();
  });
});

describe('a long answer', () => {
  it('comes through whole, at the pace of the client', async () => {
    const client = new pg.Client({ connectionString: trial.emulator.url });
    await client.connect();
    const { rows } = await client.query("select repeat('x', 100000) as t from generate_series(1, 300)");
    expect(rows).toHaveLength(300);
    const long = 'y'.repeat(3_000_000);
    expect((await client.query('select len($1) as n', [long])).rows).toEqual([{ n: long.length }]);
    await client.end();
  });
});

describe('a client that wants to stop', () => {
  it('cancels a query', async () => {
    const client = new pg.Client({ connectionString: trial.emulator.url });
    await client.connect();
    const other = new pg.Client({ connectionString: trial.emulator.url });
    await other.connect();
    const [[pid]] = (await client.query<number[]>({ text: 'select pg_backend_pid()', rowMode: 'array' }))
      .rows as [[number]];
    const sleeping = client.query('select pg_sleep(60)');
    const outcome = sleeping.catch((error: unknown) => error);
    await expect
      .poll(() =>
        other
          .query(`select 1 from stv_inflight where pid = ${pid} and text like '%sleep%'`)
          .then((result) => result.rowCount),
      )
      .toBe(1);
    await other.query(`cancel ${pid}`);
    expect(await outcome).toMatchObject({ code: '57014' });
    await Promise.all([client.end(), other.end()]);
  });
});

describe('the login', () => {
  it("is the backend's where that is asked for", async () => {
    const strict = await openTrial({ login: 'backend' });
    const url = new URL(strict.emulator.url);
    const client = new pg.Client({ connectionString: url.href.replace('@', ':wrong@') });
    await expect(client.connect()).rejects.toMatchObject({ code: '28P01' });
    url.password = new URL(strict.backendUrl).password;
    const welcome = new pg.Client({ connectionString: url.href });
    await welcome.connect();
    expect((await welcome.query('select pg_last_copy_id() as id')).rows).toEqual([{ id: -1 }]);
    await welcome.end();
    await strict.close();
  });
});
