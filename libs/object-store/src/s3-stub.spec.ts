import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { Failure, Secret, silentLog } from '#contracts';
import type { FailureCode } from '#contracts';
import type { ObjectStore } from './object-store.ts';
import { s3ObjectStore } from './s3-object-store.ts';

const SECRET = 'wJalrXUtnFEMI-planted';
const closing: (() => void)[] = [];

/** A store whose server is the listener; `seen` are the requests it got. */
async function stub(listener: RequestListener): Promise<{ store: ObjectStore; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    request.resume();
    listener(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: 'AKID', secretAccessKey: new Secret(SECRET) };
  const limits = { attemptsMax: 2, requestTimeoutMs: 300, stallTimeoutMs: 300 };
  const endpoint = `http://127.0.0.1:${port}`;
  const options = { endpoint, region: 'us-east-1', forcePathStyle: true, ...credentials, ...limits };
  const store = s3ObjectStore(options, silentLog);
  closing.push(() => {
    store.close();
    server.closeAllConnections();
    server.close();
  });
  return { store, seen };
}

function errorXml(code: string, message = 'no'): string {
  return `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}

async function failureOf(act: Promise<unknown>): Promise<Failure> {
  const thrown: unknown = await act.then(
    () => expect.fail('nothing was thrown'),
    (reason: unknown) => reason,
  );
  if (thrown instanceof Failure) return thrown;
  throw thrown;
}

const at = { bucket: 'b', key: 'k' };

afterEach(() => closing.splice(0).forEach((close) => close()));

describe('what an S3 server answers', () => {
  it.each<[number, string, FailureCode]>([
    [403, 'AccessDenied', 'access-denied'],
    [403, 'InvalidAccessKeyId', 'access-denied'],
    [403, 'SignatureDoesNotMatch', 'access-denied'],
    [400, 'ExpiredToken', 'access-denied'],
    [403, 'InvalidObjectState', 'access-denied'],
    [404, 'NoSuchKey', 'file-missing'],
    [404, 'NoSuchBucket', 'file-missing'],
    [404, 'SomethingElse', 'file-missing'],
    [405, 'MethodNotAllowed', 'file-missing'],
    [412, 'PreconditionFailed', 'file-changed'],
    [409, 'ConditionalRequestConflict', 'unavailable'],
    [429, 'TooManyRequests', 'unavailable'],
    [500, 'InternalError', 'unavailable'],
    [503, 'SlowDown', 'unavailable'],
    [501, 'NotImplemented', 'options-invalid'],
    [400, 'InvalidRequest', 'internal'],
  ])('%i %s is %s', async (status, code, failure) => {
    const { store } = await stub((_request, response) => response.writeHead(status).end(errorXml(code)));
    const thrown = await failureOf(store.open(at));
    expect(thrown.code).toBe(failure);
    expect(thrown.message).toContain('cannot get s3://b/k: ');
  });

  it('a page of HTML from a balancer with a 502 is unavailable', async () => {
    const { store } = await stub((_request, response) =>
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>Bad Gateway</h1>'),
    );
    expect((await failureOf(store.open(at))).code).toBe('unavailable');
  });

  it('nobody at the address is unavailable', async () => {
    const options = { endpoint: 'http://127.0.0.1:1', region: 'r', forcePathStyle: true, attemptsMax: 1 };
    const credentials = { accessKeyId: 'AKID', secretAccessKey: new Secret(SECRET) };
    const store = s3ObjectStore({ ...options, ...credentials }, silentLog);
    closing.push(store.close);
    expect((await failureOf(store.head(at))).code).toBe('unavailable');
  });

  it('a secret that the server repeats is masked, and the request is not kept', async () => {
    const { store } = await stub((_request, response) =>
      response.writeHead(403).end(errorXml('SignatureDoesNotMatch', `key ${SECRET} is wrong`)),
    );
    const failure = await failureOf(store.open(at));
    expect(failure.message).toContain('key *** is wrong');
    expect(failure.cause).toBeUndefined();
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain(SECRET);
  });

  it('a store without versions says 501 and is one without versioning', async () => {
    const { store } = await stub((_request, response) =>
      response.writeHead(501).end(errorXml('NotImplemented')),
    );
    expect(await store.versioning('b')).toBe('off');
    expect(await store.versions(at)).toEqual([]);
    expect((await failureOf(store.tag(at, { a: 'b' }))).code).toBe('options-invalid');
  });

  it('a store that deletes whatever the condition says does not honour it', async () => {
    const there = new Set<string>();
    const { store } = await stub(({ method, url = '' }, response) => {
      const key = url.replace(/\?.*/, '');
      if (method === 'PUT') there.add(key);
      if (method === 'DELETE') there.delete(key);
      response.writeHead(there.has(key) || method === 'DELETE' ? 200 : 404).end();
    });
    expect(await store.honoursConditions(at)).toBe(false);
  });
});

describe('an S3 server in trouble', () => {
  it('is asked again after a 503, and no more often than the limit', async () => {
    let busy = 1;
    const { store, seen } = await stub((_request, response) =>
      busy-- > 0 ? response.writeHead(503).end(errorXml('SlowDown')) : response.writeHead(200).end('ok'),
    );
    expect((await store.read(at, { sizeMax: 9 })).body.toString()).toBe('ok');
    busy = 9;
    expect((await failureOf(store.open(at))).code).toBe('unavailable');
    expect(seen).toHaveLength(4);
  });

  it('that does not answer is given up on', async () => {
    const { store, seen } = await stub(() => undefined);
    expect((await failureOf(store.head(at))).code).toBe('unavailable');
    expect(seen).toHaveLength(2);
  });

  it.each<[string, RequestListener]>([
    [
      'cuts a body of known length',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '10' });
        response.write('12345', () => response.destroy());
      },
    ],
    [
      'cuts a body of unknown length',
      (_request, response) => {
        response.writeHead(200);
        response.write('12345', () => response.destroy());
      },
    ],
    [
      'falls silent in a body',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '10' });
        response.write('12345');
      },
    ],
  ])('that %s makes the stream fail as unavailable', async (_title, listener) => {
    const { store } = await stub(listener);
    const { body } = await store.open(at);
    expect((await failureOf(body.toArray())).code).toBe('unavailable');
  });

  it('that cuts a small object is asked for it again', async () => {
    let cuts = 1;
    const { store } = await stub((_request, response) => {
      response.writeHead(200, { 'content-length': '10' });
      if (cuts-- > 0) response.write('12345', () => response.destroy());
      else response.end('1234567890');
    });
    expect((await store.read(at, { sizeMax: 10 })).body.toString()).toBe('1234567890');
  });
});

describe('a listing', () => {
  const page = (inner: string): string =>
    `<?xml version="1.0"?><ListBucketResult><Name>b</Name>${inner}</ListBucketResult>`;
  const object = (key: string): string =>
    `<Contents><Key>${key}</Key><LastModified>2026-11-21T10:00:00.987Z</LastModified>` +
    `<ETag>&quot;abc&quot;</ETag><Size>3</Size></Contents>`;
  const keysOf = async (xml: string): Promise<string[]> => {
    const { store } = await stub((_request, response) => response.writeHead(200).end(xml));
    const found: string[] = [];
    for await (const { objects } of store.list({ bucket: 'b', prefix: '' }))
      found.push(...objects.map(({ key }) => key));
    return found;
  };

  it('is decoded when the server says it is encoded', async () => {
    const keys = ['a//b/', 'with+space', 'plus%2Bplus', '00012', '%01'].map(object).join('');
    const decoded = ['a//b/', 'with space', 'plus+plus', '00012', '\u0001'];
    expect(await keysOf(page(`<EncodingType>url</EncodingType>${keys}`))).toEqual(decoded);
  });

  it('is taken as it is when the server does not encode', async () => {
    const keys = ['plus+plus', 'percent%2Bplus', ' spaces '].map(object).join('');
    expect(await keysOf(page(keys))).toEqual(['plus+plus', 'percent%2Bplus', ' spaces ']);
  });

  it('knows etags without quotes and times in whole seconds', async () => {
    const { store } = await stub((_request, response) => response.writeHead(200).end(page(object('k'))));
    for await (const { objects } of store.list({ bucket: 'b', prefix: '' }))
      expect(objects).toEqual([
        { ...at, etag: 'abc', size: 3, lastModified: Date.parse('2026-11-21T10:00:00Z') },
      ]);
  });

  it('that does not advance ends with a failure instead of for ever', async () => {
    const same = '<NextContinuationToken>t</NextContinuationToken>';
    const stuck = `${object('k')}<IsTruncated>true</IsTruncated>${same}`;
    expect((await failureOf(keysOf(page(stuck)))).message).toContain('does not advance');
  });
});
