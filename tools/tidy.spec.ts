import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { importCycles } from './tidy/check-cycles.ts';
import { badImports } from './tidy/check-imports.ts';
import { badShape } from './tidy/check-shape.ts';
import { EXCEPTIONS } from './tidy/house-rules.ts';
import { sourceFiles } from './tidy/source-files.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = sourceFiles(root);

describe('the house is tidy', () => {
  it('every import points down, to a door, or to a package that the room owns', () => {
    expect(files.flatMap(badImports)).toEqual([]);
  });

  it('no files import each other in a circle, not even types', () => {
    expect(importCycles(files)).toEqual([]);
  });

  it('every file keeps the limits of style', () => {
    expect(files.flatMap(badShape)).toEqual([]);
  });

  it('every exception is still needed', () => {
    const paths = files.map((file) => file.path);
    expect(Object.keys(EXCEPTIONS).filter((path) => !paths.includes(path))).toEqual([]);
  });
});
