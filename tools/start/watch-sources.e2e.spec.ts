import { EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../fleet/eventually.ts';
import type { Exit } from '../fleet/service-process.ts';
import { watchSources } from './watch-sources.ts';

/** A real compiler over a house of three files. */
describe('watching the sources', () => {
  let root: string;
  let exited: Promise<Exit>;
  const heard = new EventEmitter<{ compiled: [readonly string[]]; said: [string] }>();
  const stop = new AbortController();

  const save = async (path: string, content: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  };
  const compiled = async (): Promise<readonly string[]> => (await once(heard, 'compiled'))[0];
  const said = async (): Promise<string> => (await once(heard, 'said'))[0];

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'watch-'));
    const options = { module: 'nodenext', target: 'es2023', rootDir: '.', outDir: 'dist', types: [] };
    await save('tsconfig.json', JSON.stringify({ compilerOptions: options, include: ['apps', 'libs'] }));
    await save('libs/contracts/avro/event.avsc', '{}');
    await save('dist/libs/contracts/avro/event.avsc', '{}');
    await save('apps/loader/src/run.ts', 'export const step: number = 1;\n');
    watchSources({
      root,
      compiled: (paths) => void heard.emit('compiled', paths),
      say: (sentence) => void heard.emit('said', sentence),
      guard: (_pid, end) => {
        exited = end;
      },
      signal: stop.signal,
    });
    await eventually(
      'the first compilation',
      () => existsSync(join(root, 'dist/apps/loader/src/run.js')) || undefined,
    );
  });
  afterAll(async () => {
    stop.abort();
    await exited;
    await rm(root, { recursive: true });
  });

  it('compiles what is saved and names it', async () => {
    const next = compiled();
    await save('apps/loader/src/run.ts', 'export const step: number = 22;\n');
    expect(await next).toEqual(['apps/loader/src/run.ts']);
    expect(await readFile(join(root, 'dist/apps/loader/src/run.js'), 'utf8')).toContain('22');
  });

  it('tells a type error instead, and names everything once it is mended', async () => {
    const complaint = said();
    await save('apps/loader/src/run.ts', 'export const step: number = "three";\n');
    expect(await complaint).toContain('apps/loader/src/run.ts(1,14): error');
    const next = compiled();
    await save('libs/contracts/src/plan.ts', 'export const plan = 1;\n');
    await save('apps/loader/src/run.ts', 'export const step: number = 3333;\n');
    expect(await next).toContain('apps/loader/src/run.ts');
  });

  it('copies a saved schema, which no compiler looks at', async () => {
    const next = compiled();
    await save('libs/contracts/avro/event.avsc', '{"type": "record"}');
    expect(await next).toEqual(['libs/contracts/avro/event.avsc']);
    expect(await readFile(join(root, 'dist/libs/contracts/avro/event.avsc'), 'utf8')).toContain('record');
  });
});
