import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { RedshiftIO } from './redshift-io.ts';
import type { RedshiftIOOptions } from './rio-options.ts';
import { BUCKET, ENDPOINT, HOUR, openHarbour, optionsOf } from './trial-harbour.ts';
import type { Harbour } from './trial-harbour.ts';

type Call = (pipe: RedshiftIO) => Promise<unknown>;

const CALLS: Readonly<Record<string, Call>> = {
  pack: (pipe) => pipe.pack({ id: 1 }),
  seal: (pipe) => pipe.seal(),
  unseal: (pipe) => pipe.unseal(),
  send: (pipe) => pipe.send(),
  close: (pipe) => pipe.close(),
  closeWithoutSending: (pipe) => pipe.closeWithoutSending(),
  createAndUploadCustomManifest: (pipe) => pipe.createAndUploadCustomManifest('x.manifest'),
  reset: (pipe) => pipe.reset(),
};

async function outcomeOf(calling: Promise<unknown>): Promise<string> {
  return await calling.then(
    () => 'ok',
    (thrown: unknown) => (thrown instanceof Error ? thrown.name : 'nothing known'),
  );
}

function open(harbour: Harbour, more: Partial<RedshiftIOOptions> = {}): RedshiftIO {
  return new RedshiftIO(optionsOf(more), harbour.rim);
}

describe('the states of a pipe', () => {
  it.each([
    ['pack', ['ok', 'PipeIsSealed', 'SendingInProgress', 'PipeIsClosed']],
    ['seal', ['ok', 'ok', 'SendingInProgress', 'PipeIsClosed']],
    ['unseal', ['ok', 'ok', 'SendingInProgress', 'PipeIsClosed']],
    ['send', ['ok', 'ok', 'SendingInProgress', 'PipeIsClosed']],
    ['close', ['ok', 'ok', 'SendingInProgress', 'PipeIsClosed']],
    ['closeWithoutSending', ['ok', 'ok', 'SendingInProgress', 'PipeIsClosed']],
    ['createAndUploadCustomManifest', ['PackageNotSealed', 'ok', 'SendingInProgress', 'PipeIsClosed']],
    ['reset', ['ok', 'ok', 'SendingInProgress', 'PipeIsClosed']],
  ])('answer %s with %j when open, sealed, sending and closed', async (name, expected) => {
    const call = CALLS[name] ?? (() => Promise.reject(new Error('no such call')));
    const harbour = openHarbour();
    const sealed = open(harbour);
    await sealed.seal();
    const closed = open(harbour);
    await closed.closeWithoutSending();
    const sending = open(harbour);
    await sending.pack({ id: 2 });
    const sent = sending.send();
    expect(sending.sendingInProgress).toBe(true);
    const said = [
      await outcomeOf(call(open(harbour))),
      await outcomeOf(call(sealed)),
      await outcomeOf(call(sending)),
      await outcomeOf(call(closed)),
    ];
    expect(said).toEqual(expected);
    await sent;
    expect(sending.sendingInProgress).toBe(false);
  });

  it('let rows in again when unsealed, and after a send', async () => {
    const pipe = open(openHarbour());
    await pipe.seal();
    await pipe.unseal();
    await pipe.pack({ id: 1 });
    await pipe.send();
    await pipe.pack({ id: 2 });
    expect(await outcomeOf(pipe.send())).toBe('ok');
  });
});

describe('a send', () => {
  it('uploads parts, config and manifest, and posts one job', async () => {
    const harbour = openHarbour();
    const pipe = open(harbour, { bufferSize: 30 });
    await pipe.packMany([{ id: 1, name: 'Größe' }, '{"id": 2}', Buffer.from('{"id":3}')]);
    await pipe.send();
    const folder = 's/t/_data_timestamp_year=2026/_data_timestamp_month=03/_data_timestamp_day=02/';
    expect(await harbour.keys()).toEqual(
      [
        `${folder}config_s_t_${HOUR}.yml`,
        `${folder}s_t_1772446530_0.json.gz`,
        `${folder}s_t_1772446530_1.json.gz`,
        `${folder}s_t_${HOUR}.manifest`,
      ].toSorted(),
    );
    expect(harbour.jobs).toEqual([`--bucket ${BUCKET} --schema s --tables t --date ${HOUR} --gzip`]);
    expect(await harbour.rowsOfJob(0)).toEqual(['{"id":1,"name":"Größe"}', '{"id": 2}', '{"id":3}']);
    expect(await harbour.text(`${folder}s_t_${HOUR}.manifest`)).toContain('"mandatory":true');
  });

  it('lays everything flat when it is told to', async () => {
    const harbour = openHarbour();
    const pipe = open(harbour, { layout: 'flat' });
    await pipe.pack({ id: 1 });
    await pipe.send();
    const names = [`config_s_t_${HOUR}.yml`, 's_t_1772446530_0.json.gz', `s_t_${HOUR}.manifest`];
    expect(await harbour.keys()).toEqual(names.toSorted());
  });

  it.each<[Partial<RedshiftIOOptions>, string]>([
    [{ truncate: true }, ' --truncate'],
    [{ truncate: true, force: true }, ' --truncate --force'],
    [{ granularity: 'hour' }, ' --granularity hour'],
    [
      { granularity: 'stream' },
      ' --granularity stream --streamStart 2026-03-02T10:00:00 --streamEnd 2026-03-02T10:00:00',
    ],
  ])('with %j says so in its job', async (more, words) => {
    const harbour = openHarbour();
    const pipe = open(harbour, more);
    await pipe.pack({ id: 1 });
    await pipe.send();
    expect(harbour.jobs[0]).toMatch(new RegExp(`--gzip${words}$`));
  });

  it('of nothing posts no job and leaves no file', async () => {
    const harbour = openHarbour();
    const pipe = open(harbour);
    await pipe.send();
    await pipe.close();
    expect(await harbour.keys()).toEqual([]);
    expect(harbour.jobs).toEqual([]);
  });

  it('of the same hour gets names of its own, which its job says', async () => {
    const harbour = openHarbour();
    const pipes = [open(harbour), open(harbour)];
    for (const [index, pipe] of [...pipes, ...pipes].entries()) {
      await pipe.pack({ id: index });
      await pipe.send();
    }
    const dates = harbour.jobs.map((job) => /--date (\S+)/.exec(job)?.[1]);
    expect(dates).toEqual([HOUR, '2026-03-02T10:15:30Z', '2026-03-02T10:15:31Z', '2026-03-02T10:15:32Z']);
    for (const index of [0, 1, 2, 3]) expect(await harbour.rowsOfJob(index)).toEqual([`{"id":${index}}`]);
  });

  it('that is refused is made up for once, with the rows that came since', async () => {
    const harbour = openHarbour();
    const pipe = open(harbour);
    await pipe.pack({ id: 1 });
    harbour.answerNext(500, 'queue is full');
    await expect(pipe.send()).rejects.toMatchObject({
      code: 'JobNotAccepted',
      status: 500,
      body: 'queue is full',
    });
    expect(await outcomeOf(pipe.pack({ id: 2 }))).toBe('PipeIsSealed');
    await pipe.unseal();
    await pipe.pack({ id: 2 });
    await pipe.send();
    expect(await harbour.rowsOfJob(0)).toEqual(['{"id":1}', '{"id":2}']);
    await pipe.send();
    expect(harbour.jobs).toHaveLength(1);
  });

  it.each([
    ['config', 2],
    ['manifest', 3],
  ])('whose %s S3 does not take stays sealed, and succeeds later', async (_, put) => {
    const harbour = openHarbour();
    const pipe = open(harbour);
    await pipe.pack({ id: 1 });
    harbour.failPut(put);
    expect(await outcomeOf(pipe.send())).toBe('UploadFailed');
    expect(await outcomeOf(pipe.pack({ id: 2 }))).toBe('PipeIsSealed');
    await pipe.send();
    expect(await harbour.rowsOfJob(0)).toEqual(['{"id":1}']);
  });

  it('by close is the last one; when it fails the pipe is sealed, not closed', async () => {
    const harbour = openHarbour();
    const pipe = open(harbour);
    await pipe.pack({ id: 1 });
    harbour.answerNext(503, '');
    expect(await outcomeOf(pipe.close())).toBe('JobNotAccepted');
    expect(await outcomeOf(pipe.pack({ id: 2 }))).toBe('PipeIsSealed');
    await pipe.close();
    expect(await outcomeOf(pipe.close())).toBe('PipeIsClosed');
    expect(harbour.jobs).toHaveLength(1);
  });

  it('shows no login of the endpoint, and sends it', async () => {
    const harbour = openHarbour();
    const pipe = open(harbour, { jobEndpoint: ENDPOINT.replace('//', '//user:p%40ss@') });
    await pipe.pack({ id: 1 });
    harbour.answerNext(401, 'no');
    const failure: unknown = await pipe.send().catch((thrown: unknown) => thrown);
    expect(String(failure)).toBe(`JobNotAccepted: ${ENDPOINT} answered 401: no`);
    await pipe.send();
    expect(harbour.headers[0]).toMatchObject({ authorization: 'Basic dXNlcjpwQHNz' });
  });

  it.each<[string, Partial<RedshiftIOOptions>, string]>([
    ['an endpoint', { jobEndpoint: '' }, 'NoJobEndpoint'],
    ['columns', { destinationConfig: { schema: 's', table: 't' } }, 'IncompleteDestinationConfig'],
    [
      'a data timestamp column among them',
      { destinationConfig: { ...optionsOf().destinationConfig, dataTimestampColumn: 'x' } },
      'InvalidConfig',
    ],
  ])('without %s fails before anything is uploaded', async (_, more, code) => {
    const harbour = openHarbour();
    const pipe = open(harbour, more);
    await pipe.pack({ id: 1 });
    expect(await outcomeOf(pipe.send())).toBe(code);
    expect(await harbour.keys()).toEqual([]);
    expect(await outcomeOf(pipe.pack({ id: 1 }))).toBe('PipeIsSealed');
  });
});

describe('a custom manifest', () => {
  it('names all parts, under a key of the bucket', async () => {
    const harbour = openHarbour();
    const pipe = open(harbour, { jobEndpoint: '' });
    await pipe.pack({ id: 1 });
    await pipe.seal();
    await pipe.createAndUploadCustomManifest('data_locations.manifest');
    expect(await harbour.rowsOfManifest('data_locations.manifest')).toEqual(['{"id":1}']);
    expect(await outcomeOf(pipe.createAndUploadCustomManifest('s3://b/x'))).toBe('InvalidManifestKey');
    await pipe.reset();
    await pipe.seal();
    await pipe.createAndUploadCustomManifest('data_locations.manifest');
    expect(await harbour.rowsOfManifest('data_locations.manifest')).toEqual([]);
  });
});

describe('a row', () => {
  it.each<[string, unknown]>([
    ['a list', '[1]'],
    ['a number', '1'],
    ['null', 'null'],
    ['no JSON', '{"a":}'],
    ['two objects', '{}{}'],
    ['nothing', ''],
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0x7d])],
    ['bytes with a byte order mark', Buffer.from('\uFEFF{}')],
    ['a list of values', [1]],
    ['a date', new Date(0)],
    ['a map', new Map([['a', 1]])],
    ['a value that JSON cannot say', { a: 1n }],
    ['null as a value', null],
    ['undefined', undefined],
  ])('is not %s', async (_, row) => {
    const harbour = openHarbour();
    const pipe = open(harbour);
    // what TypeScript keeps away may still come from JavaScript
    const packed: Promise<void> = Reflect.apply(pipe.pack.bind(pipe), undefined, [row]);
    expect(await outcomeOf(packed)).toBe('InvalidJSONInput');
    await pipe.send();
    expect(harbour.jobs).toEqual([]);
  });

  it('is one line, also when it came in several', async () => {
    const harbour = openHarbour();
    const pipe = open(harbour);
    await pipe.pack(`\r\n{\n  "a": "x\\ny",\r\n  "b": 12345678901234567890\n}\n`);
    await pipe.send();
    expect(await harbour.rowsOfJob(0)).toEqual(['{   "a": "x\\ny",   "b": 12345678901234567890 }']);
  });

  it('whose upload fails is not packed, and the buffer is as it was', async () => {
    const harbour = openHarbour();
    const pipe = open(harbour, { bufferSize: 20 });
    await pipe.pack({ id: 1 });
    harbour.failPut(1);
    expect(await outcomeOf(pipe.pack({ id: 'long enough' }))).toBe('UploadFailed');
    await pipe.pack({ id: 'long enough too' });
    await pipe.send();
    expect(await harbour.rowsOfJob(0)).toEqual(['{"id":1}', '{"id":"long enough too"}']);
  });

  it('may come by a stream', async () => {
    const harbour = openHarbour();
    const pipe = open(harbour, { bufferSize: 1_000 });
    const rows = Array.from({ length: 500 }, (_, id) => ({ id }));
    await pipeline(Readable.from(rows), pipe.writable());
    await pipe.send();
    expect(await harbour.rowsOfJob(0)).toEqual(rows.map((row) => JSON.stringify(row)));
    async function* broken(): AsyncGenerator<object> {
      yield { id: 1 };
      yield [];
    }
    expect(await outcomeOf(pipe.packMany(broken()))).toBe('InvalidJSONInput');
  });
});

describe('a pipe without what it needs', () => {
  const good = optionsOf();
  it.each<[string, object, string]>([
    ['a bucket', { ...good, s3Bucket: '' }, 's3Bucket is missing'],
    ['a destination', { s3Bucket: BUCKET }, 'destinationConfig.schema is missing'],
    ['a table', { ...good, destinationConfig: { schema: 's' } }, 'destinationConfig.table is missing'],
    ['a password', { ...good, awsKey: 'k' }, 'awsKey is given without awsPassword'],
    ['a key', { ...good, awsPassword: 'p' }, 'awsPassword is given without awsKey'],
    ['a sensible buffer', { ...good, bufferSize: 0 }, 'bufferSize: expected'],
    ['a sensible endpoint', { ...good, jobEndpoint: 'ftp://x' }, 'jobEndpoint: expected'],
  ])('%s is none', (_, options, message) => {
    const make = (): unknown => Reflect.construct(RedshiftIO, [options]);
    expect(make).toThrow(
      expect.objectContaining({ code: 'IncompleteArgs', message: expect.stringContaining(message) }),
    );
  });
});
