import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { importCycles } from './check-cycles.ts';

function cycles(files: Readonly<Record<string, string>>): string[] {
  const parsed = Object.entries(files).map(([path, text]) => {
    return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true) };
  });
  return importCycles(parsed);
}

describe('the import of', () => {
  it('one file by another, even of both by a third, is no circle', () => {
    const found = cycles({
      'libs/a/src/one.ts': "import { two } from './two.ts'; import { three } from './three.ts';",
      'libs/a/src/two.ts': "import { three } from './three.ts';",
      'libs/a/src/three.ts': "import { readFile } from 'node:fs';",
    });
    expect(found).toEqual([]);
  });

  it('a type back to where one came from is a circle, and is told once', () => {
    const found = cycles({
      'libs/a/src/two.ts': "import type { One } from './one.ts';",
      'libs/a/src/one.ts': "export { two } from './two.ts';",
    });
    expect(found).toEqual(['libs/a/src/one.ts → libs/a/src/two.ts → libs/a/src/one.ts']);
  });

  it('itself is a circle', () => {
    expect(cycles({ 'tools/a.ts': "import type { A } from './a.ts';" })).toEqual(['tools/a.ts → tools/a.ts']);
  });

  it('another folder is followed, and the shortest way around is told', () => {
    const found = cycles({
      'libs/a/src/x/a.ts': "import '../y/b.ts';",
      'libs/a/src/y/b.ts': "import './c.ts'; await import('../x/a.ts');",
      'libs/a/src/y/c.ts': "import '../x/a.ts';",
    });
    expect(found).toEqual([
      'libs/a/src/x/a.ts → libs/a/src/y/b.ts → libs/a/src/x/a.ts',
      'libs/a/src/y/c.ts → libs/a/src/x/a.ts → libs/a/src/y/b.ts → libs/a/src/y/c.ts',
    ]);
  });

  it('a room by its own door, and of two rooms by each other, are circles', () => {
    const found = cycles({
      'libs/a/src/index.ts': "export * from './thing.ts';",
      'libs/a/src/thing.ts': "import type { Thing } from '#a';",
      'libs/b/src/index.ts': "import { c } from '#c';",
      'libs/c/src/index.ts': "import { b } from '#b';",
    });
    expect(found.map((cycle) => cycle.split(' → ').length)).toEqual([3, 3]);
  });
});
