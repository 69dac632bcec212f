import { describe, expect, it } from 'vitest';
import { asFailure, Secret } from '#contracts';
import { authorizationOf, authorizationSql } from './copy-authorization.ts';
import { manifestBody } from './copy-manifest.ts';
import { copySql, redshiftOptions } from './copy-sql.ts';
import type { CopyFrom } from './copy-sql.ts';
import { regionOfHost } from './redshift-options.ts';

const FROM: CopyFrom = {
  manifestUrl: 's3://b/m',
  authorization: { kind: 'DefaultRole' },
  bucketRegion: 'eu-west-1',
  warehouseRegion: undefined,
};
const INTO = { table: 's', columns: ['a'], isStage: true };

function tail(options: string, from: Partial<CopyFrom> = {}, isStage = true): string {
  const text = copySql({ ...INTO, isStage }, redshiftOptions(options), { ...FROM, ...from });
  return text.split('\n').slice(2).join(' ');
}

const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (thrown) {
    return asFailure(thrown).message;
  }
  return 'nothing wrong';
};

describe('a COPY', () => {
  it.each([
    ['csv', {}, 'iam_role default csv manifest compupdate off statupdate off'],
    ['csv compupdate on comprows 5', {}, 'iam_role default csv manifest compupdate off statupdate off'],
    [
      "iam_role 'arn:of:the:manifest' csv",
      { warehouseRegion: 'eu-west-1' },
      'iam_role default csv manifest compupdate off statupdate off',
    ],
    [
      'csv',
      { warehouseRegion: 'us-east-1' },
      "iam_role default csv manifest region 'eu-west-1' compupdate off statupdate off",
    ],
    [
      "csv region 'ap-south-1'",
      { warehouseRegion: 'us-east-1' },
      "iam_role default csv manifest region 'ap-south-1' compupdate off statupdate off",
    ],
    ['parquet', {}, 'iam_role default parquet manifest statupdate off'],
    ['csv explicit_ids', {}, 'iam_role default csv manifest compupdate off statupdate off'],
    [
      'csv encrypted',
      { masterSymmetricKey: new Secret('k') },
      "iam_role default master_symmetric_key 'k' csv encrypted manifest compupdate off statupdate off",
    ],
  ])('with %s and %j ends in %s', (options, from, expected) => {
    expect(tail(options, from)).toBe(expected);
  });

  it('straight into a table keeps what concerns the table', () => {
    expect(tail('csv explicit_ids statupdate on', {}, false)).toBe(
      'iam_role default csv manifest explicit_ids compupdate off statupdate on',
    );
  });

  it.each([
    ['csv nonsense', {}, /unknown COPY option/],
    ['csv noload', {}, /NOLOAD/],
    ['csv manifest', {}, /MANIFEST is added by the loader/],
    ['readratio 50', {}, /READRATIO/],
    ['csv encrypted', {}, /ENCRYPTED needs a key/],
    ['orc', { warehouseRegion: 'us-east-1' }, /region of the warehouse only/],
  ])('is refused with %s and %j', (options, from, message) => {
    expect(messageOf(() => tail(options, from))).toMatch(message);
  });
});

describe('how COPY may read', () => {
  const keys = { accessKeyId: 'AK', secretAccessKey: new Secret('SK') };

  it.each([
    [{}, {}, 'iam_role default'],
    [{ iamRole: 'default' }, keys, 'iam_role default'],
    [{ iamRole: 'arn:1 , arn:2' }, keys, "iam_role 'arn:1,arn:2'"],
    [{}, keys, "access_key_id 'AK' secret_access_key 'SK'"],
    [
      { ...keys, accessKeyId: 'OWN', sessionToken: new Secret('T') },
      keys,
      "access_key_id 'OWN' secret_access_key 'SK' session_token 'T'",
    ],
    [{ accessKeyId: 'OWN' }, {}, 'iam_role default'],
  ])('with %j and keys of the store %j is %s', (own, ofStore, expected) => {
    expect(authorizationSql(authorizationOf(own, ofStore))).toBe(expected);
  });

  it('takes no text that Redshift would read with escapes, and never shows it', () => {
    const said = messageOf(() => authorizationSql(authorizationOf({ iamRole: "x\\' csv --PLANTED" })));
    expect(said).toBe('iamRole holds a backslash or a control character');
  });
});

describe('a COPY manifest', () => {
  const file = { ref: { bucket: 'b' }, tableIndex: 0, stepIndex: 0, key: '0\n' } as never;
  const sources = ['s3://b/k', "s3://b/it's", 's3://b/k'].map((url) => ({ file, url, size: 7 }));

  it('names each file once, and must find it', () => {
    expect(JSON.parse(manifestBody(sources, { columnar: false }).toString())).toEqual({
      entries: [
        { url: 's3://b/k', mandatory: true },
        { url: "s3://b/it's", mandatory: true },
      ],
    });
  });

  it('tells sizes of columnar files', () => {
    expect(JSON.parse(manifestBody(sources.slice(0, 1), { columnar: true }).toString())).toEqual({
      entries: [{ url: 's3://b/k', mandatory: true, meta: { content_length: 7 } }],
    });
  });
});

describe('the region of a warehouse', () => {
  it.each([
    ['cluster.abc123.eu-west-1.redshift.amazonaws.com', 'eu-west-1'],
    ['group.123456789012.us-gov-west-1.redshift-serverless.amazonaws.com', 'us-gov-west-1'],
    ['cluster.abc.cn-north-1.redshift.amazonaws.com.cn', 'cn-north-1'],
    ['localhost', undefined],
  ])('is in the host name %s', (host, region) => {
    expect(regionOfHost(host)).toBe(region);
  });
});
