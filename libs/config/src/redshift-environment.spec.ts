import { describe, expect, it } from 'vitest';
import { loadConfig } from './load-config.ts';
import type { LoadedConfig } from './load-config.ts';

const SEED = {
  AWS_ACCESS_KEY_ID: 'AKIA',
  AWS_SECRET_ACCESS_KEY: 'aws-secret',
  AWS_REGION: 'us-west-2',
  REDSHIFT_HOST: 'cluster.example.com',
  REDSHIFT_DB: 'dw',
  REDSHIFT_USER: 'loader',
  REDSHIFT_PASSWORD: 'p@ss/word?',
  DOPPLERSHIFT_S3_BUCKET: 'analytics',
};

function load(env: Readonly<Record<string, string>>): LoadedConfig {
  return loadConfig({ env });
}

function warehouses(env: Readonly<Record<string, string>>): Record<string, unknown> {
  const loaded = load(env);
  if (loaded.kind === 'problems') throw new Error(loaded.problems.join('\n'));
  return Object.fromEntries(
    Object.entries(loaded.config.warehouses).map(([name, { url, dialect, ...rest }]) => [
      name,
      { url: url.reveal(), dialect, iamRole: rest.iamRole, accessKeyId: rest.accessKeyId },
    ]),
  );
}

describe("s3-to-redshift's environment", () => {
  it('is a warehouse by itself', () => {
    expect(warehouses(SEED)).toEqual({
      redshift: {
        url: 'postgres://loader:p%40ss%2Fword%3F@cluster.example.com:5439/dw?sslmode=require',
        dialect: 'redshift',
        iamRole: undefined,
        accessKeyId: 'AKIA',
      },
    });
  });

  it('prefers the role to the keys, and knows port and sslmode', () => {
    const more = {
      REDSHIFT_ROLE_ARN: 'arn:aws:iam::1:role/x',
      REDSHIFT_PORT: '1234',
      PGSSLMODE: 'verify-full',
    };
    expect(warehouses({ ...SEED, ...more })['redshift']).toMatchObject({
      url: expect.stringMatching(/:1234\/dw\?sslmode=verify-full$/),
      iamRole: 'arn:aws:iam::1:role/x',
      accessKeyId: undefined,
    });
  });

  it('looks for the bucket at Amazon, not at the local stack', () => {
    const loaded = load(SEED);
    expect(loaded.kind === 'config' && loaded.config.s3).toMatchObject({
      region: 'us-west-2',
      bucket: 'analytics',
    });
    expect(loaded.kind === 'config' && loaded.config.s3.endpoint).toBeUndefined();
  });

  it('says everything that is missing, and no value', () => {
    const { REDSHIFT_DB: _db, REDSHIFT_PASSWORD: _password, ...rest } = SEED;
    expect(load(rest)).toEqual({
      kind: 'problems',
      problems: [
        'REDSHIFT_DB: required beside REDSHIFT_HOST',
        'REDSHIFT_PASSWORD: required beside REDSHIFT_HOST',
      ],
    });
  });

  it('does not count beside a warehouse that is named otherwise', () => {
    const url = 'postgres://u:p@h/d';
    expect(Object.keys(warehouses({ ...SEED, DOPPLERSHIFT_WAREHOUSES_MAIN_URL: url }))).toEqual(['main']);
  });
});
