import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyOfTemplate } from './template.ts';

describe('a copy of a template', () => {
  let base: string;
  let made: number;
  const make = async (directory: string): Promise<void> => {
    made++;
    await mkdir(directory);
    await writeFile(join(directory, 'data'), 'fresh');
  };
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'template-'));
    made = 0;
  });
  afterEach(() => rm(base, { recursive: true }));

  it('is made once and copied from then on', async () => {
    const template = join(base, 'template');
    await copyOfTemplate(template, join(base, 'runs', 'one'), make);
    await writeFile(join(base, 'runs', 'one', 'data'), 'used');
    await copyOfTemplate(template, join(base, 'runs', 'two'), make);
    expect(made).toBe(1);
    expect(await readFile(join(base, 'runs', 'two', 'data'), 'utf8')).toBe('fresh');
  });

  it('leaves the data of an earlier run as they are', async () => {
    const target = join(base, 'run');
    await copyOfTemplate(join(base, 'template'), target, make);
    await writeFile(join(target, 'data'), 'used');
    await copyOfTemplate(join(base, 'template'), target, make);
    expect(await readFile(join(target, 'data'), 'utf8')).toBe('used');
  });

  it('is whole when several starts make it at once', async () => {
    const template = join(base, 'template');
    const targets = ['a', 'b', 'c'].map((name) => join(base, name));
    await Promise.all(targets.map((target) => copyOfTemplate(template, target, make)));
    for (const target of targets) expect(await readdir(target)).toEqual(['data']);
    expect((await readdir(base)).sort()).toEqual(['a', 'b', 'c', 'template']);
  });

  it('leaves nothing behind when it cannot be made', async () => {
    const broken = async (directory: string): Promise<void> => {
      await make(directory);
      throw new Error('initdb failed');
    };
    await expect(copyOfTemplate(join(base, 'template'), join(base, 'run'), broken)).rejects.toThrow('initdb');
    expect(await readdir(base)).toEqual([]);
  });
});
