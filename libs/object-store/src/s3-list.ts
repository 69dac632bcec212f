import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { ListObjectsV2CommandOutput, S3Client, _Object } from '@aws-sdk/client-s3';
import { Failure, parseETag } from '#contracts';
import type { ListPage, ListQuery, ObjectInfo } from './object-store.ts';

const PAGE_KEYS_MAX = 1_000;

/**
 * The pages of a listing, one request each, none kept. Keys are asked for url-encoded, because XML cannot
 * carry every character that a key may hold, and decoded once.
 */
export async function* listPages(client: S3Client, query: ListQuery): AsyncGenerator<ListPage> {
  let token: string | undefined;
  do {
    const answer: ListObjectsV2CommandOutput = await client.send(
      new ListObjectsV2Command({
        Bucket: query.bucket,
        Prefix: query.prefix,
        MaxKeys: PAGE_KEYS_MAX,
        EncodingType: 'url',
        ...(query.delimiter && { Delimiter: query.delimiter }),
        ...(token === undefined
          ? query.startAfter !== undefined && { StartAfter: query.startAfter }
          : { ContinuationToken: token }),
      }),
      query.signal ? { abortSignal: query.signal } : {},
    );
    yield pageOf(answer, query.bucket);
    const next = answer.IsTruncated ? answer.NextContinuationToken : undefined;
    if (next !== undefined && next === token)
      throw new Failure(
        'unavailable',
        `the listing of s3://${query.bucket}/${query.prefix} does not advance`,
      );
    token = next;
  } while (token !== undefined);
}

function pageOf(answer: ListObjectsV2CommandOutput, bucket: string): ListPage {
  const decode = answer.EncodingType === 'url' ? decodeListedKey : (key: string): string => key;
  const prefixes = (answer.CommonPrefixes ?? []).flatMap(({ Prefix }) =>
    Prefix === undefined ? [] : [decode(Prefix)],
  );
  const objects = (answer.Contents ?? []).flatMap((object) => objectOf(object, bucket, decode));
  return { objects, prefixes };
}

function objectOf(object: _Object, bucket: string, decode: (key: string) => string): ObjectInfo[] {
  const { Key, ETag, Size, LastModified } = object;
  if (Key === undefined || ETag === undefined || LastModified === undefined) return [];
  const lastModified = wholeSeconds(LastModified);
  return [{ bucket, key: decode(Key), etag: parseETag(ETag), size: Size ?? 0, lastModified }];
}

/**
 * `+` is a space and `%2B` a plus, as in form data. A text that is not url-encoded after all (a server that
 * repeats the encoding type but does nothing) is the key itself.
 */
export function decodeListedKey(text: string): string {
  if (!/[%+]/.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** Listings and heads differ below the second on some stores, so nothing finer is kept (design §2). */
export function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000;
}
