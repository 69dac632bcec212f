import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from './load-config.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'blueshift-spec-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function load(text: string) {
  const path = join(folder, 'config.edn');
  writeFileSync(path, text);
  const loaded = loadConfig({ path, env: {} });
  const lines = loaded.kind === 'config' ? loaded.warnings : loaded.problems;
  return { loaded, lines: lines.map((line) => line.replace(`${path}: `, '')) };
}

const CONFIG = `{:s3 {:credentials   {:access-key "AKIA"
                      :secret-key "hunter2"}
      :bucket        "your-bucket"
      :key-pattern   "in/.*"
      :poll-interval {:seconds 30 :random-seconds 7}
      :server-side-encryption "AES256"    ;; optional
      }
 :telemetry {:reporters [uswitch.blueshift.telemetry/log-metrics-reporter]}
 :redshift-connections [{:dw1 {:jdbc-url "jdbc:postgresql://h1/db?user=u&password=p1"}}
                        {:dw2 {:jdbc-url "jdbc:redshift://h2/db?user=u&password=p2"}}
                        ]
 }`;

describe("Blueshift's config.edn", () => {
  it('is understood as it is', () => {
    const { loaded, lines } = load(CONFIG);
    expect(lines).toEqual([]);
    if (loaded.kind === 'problems') throw new Error('refused');
    const { s3, watcher, warehouses } = loaded.config;
    expect(s3).toMatchObject({ bucket: 'your-bucket', accessKeyId: 'AKIA', serverSideEncryption: 'AES256' });
    expect(s3.secretAccessKey?.reveal()).toBe('hunter2');
    expect(watcher).toMatchObject({ keyPattern: 'in/.*', pollIntervalMs: 30_000, pollJitterMs: 7_000 });
    expect(warehouses['dw1']).toMatchObject({ dialect: 'postgres' });
    expect(warehouses['dw1']?.url.reveal()).toBe('postgres://u:p1@h1:5432/db');
    expect(warehouses['dw2']).toMatchObject({ dialect: 'redshift' });
  });

  it('may leave out what Blueshift lets it leave out', () => {
    const { loaded } = load(
      `{:s3 {:bucket "b" :poll-interval {:seconds 1}}
        :redshift-connections [{:a {:jdbc-url "jdbc:redshift://h/d?user=u"}}]}`,
    );
    expect(loaded).toMatchObject({
      config: { watcher: { pollIntervalMs: 1_000, keyPattern: '.*' }, s3: { bucket: 'b' } },
    });
  });

  it('may have our sections beside its own, also about its warehouses', () => {
    const { loaded } = load(
      CONFIG.replace(
        /\}\s*$/,
        ':manifests {:allow-inline-urls true} :warehouses {:dw1 {:loads-at-a-time 9}}}',
      ),
    );
    expect(loaded).toMatchObject({
      config: { manifests: { allowInlineUrls: true }, warehouses: { dw1: { loadsAtATime: 9 } } },
    });
  });

  it('with a reporter that is unknown here gets a warning that names what replaces it', () => {
    const { loaded, lines } = load(
      CONFIG.replace('[uswitch.blueshift.telemetry', '[my.ns/riemann uswitch.blueshift.telemetry'),
    );
    expect(loaded.kind).toBe('config');
    expect(lines).toEqual([
      expect.stringMatching(
        /^line 8, column 26: telemetry reporter my\.ns\/riemann is not known here; .*GET \/metrics/,
      ),
    ]);
  });

  it.each<[string, string, string]>([
    [
      ':access-key',
      ':acces-key',
      's3 credentials: unknown key; known are access-key, secret-key; did you mean access-key?',
    ],
    [':random-seconds', ':jitter', 's3 poll-interval: unknown key'],
    [':seconds 30', ':seconds "x"', 'watcher.pollIntervalMs: expected whole number'],
    [':bucket ', ':buckets ', 's3: buckets: unknown option; did you mean bucket?'],
    ['{:seconds 30 :random-seconds 7}', '30', 's3 poll-interval: expected a map'],
    ['"in/.*"', '"(in"', 'watcher.keyPattern: missing closing )'],
    [':dw2', ':dw1', 'redshift-connections: this name appears twice'],
    [
      '{:jdbc-url "jdbc:redshift://h2/db?user=u&password=p2"}',
      '{:url2 "x"}',
      'warehouses.dw2: url2: unknown option; did you mean url?',
    ],
    ['{:dw2', '#{:dw2', 'redshift-connections: expected a list of maps'],
    [
      '"jdbc:redshift://h2',
      '"jdbc:mysql://h2',
      'warehouses.dw2.url: only jdbc:postgresql: and jdbc:redshift: urls can be used',
    ],
    [':reporters', ':reporter', 'telemetry: unknown key; only reporters is known'],
    ['[uswitch', '["x" uswitch', 'telemetry reporters: expected a symbol'],
  ])('with %s as %s is refused, with the place', (from, to, problem) => {
    const { loaded, lines } = load(CONFIG.replace(from, to));
    expect(loaded.kind).toBe('problems');
    expect(lines.join('\n')).toContain(problem);
    expect(lines.join('\n')).toMatch(/line \d+, column \d+: /);
    expect(lines.join('\n')).not.toMatch(/hunter2|p1|p2/);
  });
});
