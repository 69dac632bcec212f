/** Where the stack keeps its things: everything below `.stack/`, which git ignores. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository, found from the source as well as from its compiled copy below `dist/`. */
export const repository = findRepository(dirname(fileURLToPath(import.meta.url)));

/** Downloads, templates and runs. */
export const stackDirectory = join(repository, '.stack');

/** What is versioned with the stack: poms, logging, the watchdog. Never copied to `dist/`. */
export const stackSources = join(repository, 'tools', 'stack');

function findRepository(from: string): string {
  if (existsSync(join(from, 'package-lock.json'))) return from;
  const above = dirname(from);
  if (above === from) throw new Error('no package-lock.json above the stack: where is the repository?');
  return findRepository(above);
}
