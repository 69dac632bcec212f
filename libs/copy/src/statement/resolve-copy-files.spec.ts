import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import { DEFAULT_COPY_OPTIONS } from '../copy-options.ts';
import type { CopyOptions } from '../copy-options.ts';
import { resolveCopyFiles } from './resolve-copy-files.ts';
import type { CopyStore } from './resolve-copy-files.ts';

function storeOf(files: Readonly<Record<string, string>>): CopyStore {
  const urls = Object.keys(files);
  return {
    list: (bucket, prefix) =>
      Readable.from(
        urls
          .filter((url) => url.startsWith(`s3://${bucket}/${prefix}`))
          .map((url) => url.slice(`s3://${bucket}/`.length)),
      ),
    exists: async (bucket, key) => urls.includes(`s3://${bucket}/${key}`),
    read: async (bucket, key) => {
      const content = files[`s3://${bucket}/${key}`];
      return content === undefined ? undefined : Buffer.from(content);
    },
  };
}

async function resolved(
  from: string,
  files: Readonly<Record<string, string>>,
  options: Partial<CopyOptions> = {},
): Promise<readonly string[]> {
  const found = await resolveCopyFiles(from, { ...DEFAULT_COPY_OPTIONS, ...options }, storeOf(files));
  return found.map(({ bucket, key }) => `s3://${bucket}/${key}`);
}

async function refusal(manifest: string, options: Partial<CopyOptions> = {}): Promise<Failure> {
  const failure = await resolved('s3://b/m', { 's3://b/m': manifest }, { manifest: true, ...options }).catch(
    (thrown: unknown) => thrown,
  );
  if (failure instanceof Failure) return failure;
  throw new Error('not refused');
}

const entries = (...all: readonly unknown[]): string => JSON.stringify({ entries: all });

describe('resolveCopyFiles', () => {
  it('takes every key that begins so, also a whole bucket', async () => {
    const files = { 's3://b/x': '', 's3://b/x.bak': '', 's3://b/y': '', 's3://c/x': '' };
    expect(await resolved('s3://b/x', files)).toEqual(['s3://b/x', 's3://b/x.bak']);
    expect(await resolved('s3://b/', files)).toEqual(['s3://b/x', 's3://b/x.bak', 's3://b/y']);
  });

  it('takes the entries of a manifest over buckets, twice when listed twice', async () => {
    const manifest = entries({ url: 's3://c/k', mandatory: true }, { url: 's3://b/k' }, { url: 's3://c/k' });
    const files = { 's3://b/m': manifest, 's3://c/k': '' };
    expect(await resolved('s3://b/m', files, { manifest: true })).toEqual(['s3://c/k', 's3://c/k']);
  });

  it('says which file is missing', async () => {
    const failure = await refusal(entries({ url: 's3://b/k', mandatory: true }));
    expect(failure).toMatchObject({ code: 'file-missing' });
    expect(failure.message).toContain('s3://b/k');
    await expect(resolved('s3://b/nothing', {})).rejects.toMatchObject({ code: 'file-missing' });
    await expect(resolved('s3://b/m', {}, { manifest: true })).rejects.toMatchObject({
      code: 'file-missing',
    });
  });

  it.each([
    ['it is no JSON', 'no JSON'],
    ['it has no list "entries"', '{"entry":[]}'],
    ['entry 1 is no object', entries('s3://b/k')],
    [
      'entry 2: COPY with MANIFEST parameter requires full path',
      entries({ url: 's3://b/k' }, { url: 's3://b/' }),
    ],
    ['entry 1: "mandatory" is neither', entries({ url: 's3://b/k', mandatory: 'true' })],
  ])('refuses a manifest: %s', async (why, manifest) => {
    const failure = await refusal(manifest);
    expect(failure).toMatchObject({ code: 'options-invalid' });
    expect(failure.message).toContain(why);
  });

  it('wants the length of columnar files', async () => {
    const options: Partial<CopyOptions> = { format: { kind: 'Parquet' } };
    const failure = await refusal(entries({ url: 's3://b/k' }), options);
    expect(failure.message).toContain('content_length');
    const files = { 's3://b/m': entries({ url: 's3://b/k', meta: { content_length: 4 } }), 's3://b/k': '' };
    expect(await resolved('s3://b/m', files, { manifest: true, ...options })).toEqual(['s3://b/k']);
  });
});
