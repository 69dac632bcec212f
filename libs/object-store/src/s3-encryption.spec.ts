import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret, parseETag, silentLog } from '#contracts';
import { archiveKey, archiveMetadata } from './archive.ts';
import { writeFileList } from './file-list.ts';
import type { ObjectStore } from './object-store.ts';
import { s3ObjectStore } from './s3-object-store.ts';
import type { S3Options } from './s3-options.ts';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

const SIZE = 10 * 1024 * 1024;
const ETAG = '"11111111111111111111111111111111"';
const XML = '<?xml version="1.0"?>';
const SSE = 'x-amz-server-side-encryption';
const AT = new Date('2026-01-01T00:00:00Z');

/** Takes whatever is written, and remembers which encryption was asked for. */
async function recording(options: Partial<S3Options>): Promise<{ store: ObjectStore; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { method, url = '', headers } = request;
    // An upload in parts is encrypted as its beginning says.
    const isWrite = method === 'PUT' && !url.includes('uploadId=');
    if (isWrite || (method === 'POST' && /[?&]uploads/.test(url)))
      asked.push(`${method} ${headers[SSE]?.toString() ?? 'nothing'}`);
    request.resume().on('end', () => answer(request, response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: 'AKID', secretAccessKey: new Secret('s') };
  const endpoint = `http://127.0.0.1:${port}`;
  const store = s3ObjectStore(
    { endpoint, region: 'r', forcePathStyle: true, attemptsMax: 1, ...credentials, ...options },
    silentLog,
  );
  closing.push(() => {
    store.close();
    server.closeAllConnections();
    server.close();
  });
  return { store, asked };
}

function answer({ method, url = '' }: IncomingMessage, response: ServerResponse): void {
  const head = { etag: ETAG, 'last-modified': AT.toUTCString() };
  if (method === 'HEAD') response.writeHead(200, { ...head, 'content-length': String(SIZE) }).end();
  else response.writeHead(200, head).end(bodyOf(method, url));
}

function bodyOf(method: string | undefined, url: string): string {
  if (url.includes('partNumber=')) return `${XML}<CopyPartResult><ETag>${ETAG}</ETag></CopyPartResult>`;
  if (method === 'POST' && url.includes('uploadId='))
    return `${XML}<CompleteMultipartUploadResult><ETag>${ETAG}</ETag></CompleteMultipartUploadResult>`;
  if (method === 'POST')
    return `${XML}<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>`;
  return `${XML}<CopyObjectResult><ETag>${ETAG}</ETag></CopyObjectResult>`;
}

const ref = { bucket: 'b', key: 'd/1.csv', etag: parseETag(ETAG), size: SIZE, lastModified: AT.getTime() };
const archive = (store: ObjectStore) =>
  store.copy(ref, { bucket: 'b', key: archiveKey('archive', ref) }, archiveMetadata(ref));

describe('the encryption that is configured', () => {
  it.each(['AES256', 'aws:kms'])('%s is asked for with lists and with archived copies', async (wanted) => {
    const { store, asked } = await recording({ serverSideEncryption: wanted });
    await writeFileList(store, { bucket: 'b', owner: 'a load' }, [ref]);
    expect(await archive(store)).toBe('copied');
    expect(asked).toEqual([`PUT ${wanted}`, `PUT ${wanted}`]);
  });

  it('is asked for with copies in parts', async () => {
    const { store, asked } = await recording({ serverSideEncryption: 'aws:kms', copyPartBytes: SIZE / 2 });
    expect(await archive(store)).toBe('copied');
    expect(asked).toEqual(['POST aws:kms']);
  });

  it('is left to the bucket when none is', async () => {
    const { store, asked } = await recording({});
    await writeFileList(store, { bucket: 'b', owner: 'a load' }, [ref]);
    await archive(store);
    expect(asked).toEqual(['PUT nothing', 'PUT nothing']);
  });
});
