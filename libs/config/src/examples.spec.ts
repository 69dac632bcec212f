import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isManifestKey, parseManifest } from '#sources';
import { loadConfig } from './load-config.ts';

const examples = new URL('../../../examples/', import.meta.url);

const env = {
  S3_ACCESS_KEY: 'access',
  S3_SECRET_KEY: 'secret',
  DW1_PASSWORD: 'one',
  DW2_PASSWORD: 'two',
  KAFKA_PASSWORD: 'three',
  MAIN_PASSWORD: 'four',
  MAIN_URL: 'postgres://u:p@h/db',
  REDSHIFT_URL: 'jdbc:redshift://h:5439/db?user=u&password=p',
};

function filesOf(folder: string): string[] {
  return readdirSync(new URL(folder, examples), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`);
}

describe('the examples', () => {
  it.each(filesOf('manifests/'))('%s is a manifest that can be loaded', (path) => {
    const key = path.slice(path.indexOf('examples/manifests/'));
    expect(isManifestKey(key)).toBe(true);
    const warehouses = { main: { schema: 'public' } };
    const context = { key, warehouses, allowInlineUrls: key.includes('inline-url') };
    expect(parseManifest(readFileSync(path), context)).toMatchObject({ kind: 'manifest' });
  });

  it.each(filesOf('config/'))('%s is a configuration without a warning', (path) => {
    expect(loadConfig({ path, env })).toMatchObject({ kind: 'config', warnings: [] });
  });
});
