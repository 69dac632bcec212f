import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { FLOORS, OWNERS } from './house-rules.ts';
import { importsOf } from './source-files.ts';
import type { SourceFile } from './source-files.ts';

const BUILTIN = new Set(builtinModules);

/**
 * Says every import of a product file that the house does not allow. Tools and tests may import what they
 * like.
 */
export function badImports(file: SourceFile): string[] {
  const room = roomOf(file.path);
  if (room === undefined) return [];
  return importsOf(file).flatMap((specifier) => {
    const why = reasonAgainst(file, room, specifier);
    return why === undefined ? [] : [`${file.path}: imports ${specifier}: ${why}`];
  });
}

/** `libs/kafka` for a file of that lib, `apps/loader` for one of that app. */
export function roomOf(path: string): string | undefined {
  return /^(libs|apps)\/[^/]+/.exec(path)?.[0];
}

function reasonAgainst(file: SourceFile, room: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return climbs(file.path, room, specifier);
  if (specifier === '#stack') return isSpec(file.path) ? undefined : 'the stack is for specs and tools';
  // a server that specs start, as they do those of the stack
  if (specifier === '#redshift-emulator' && isSpec(file.path)) return undefined;
  if (specifier.startsWith('#')) return upwards(room, specifier.slice(1));
  if (specifier.startsWith('node:')) return undefined;
  if (BUILTIN.has(specifier)) return 'write node: before it';
  if (isSpec(file.path)) return undefined;
  return foreign(room, packageOf(specifier));
}

function climbs(path: string, room: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(path), specifier);
  if (target.startsWith(`${room}/`)) return undefined;
  return isSpec(path) && target.startsWith('tools/')
    ? undefined
    : 'it climbs out of its room; use the door (#name)';
}

function upwards(room: string, lib: string): string | undefined {
  const to = FLOORS[lib];
  if (to === undefined) return 'no such lib on the floor plan';
  if (!room.startsWith('libs/')) return undefined;
  if (lib === 'testing') return undefined;
  const from = FLOORS[room.slice('libs/'.length)];
  if (from === undefined) return 'its own lib is not on the floor plan';
  return to < from ? undefined : `an arrow must point down: floor ${from} may not import floor ${to}`;
}

function foreign(room: string, name: string): string | undefined {
  const owners = OWNERS[name];
  if (!owners) return 'a package without an owner; add it to the house rules';
  return owners.some((owner) => room === owner || room.startsWith(`${owner}/`))
    ? undefined
    : `owned by ${owners.join(', ')}`;
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

export function isSpec(path: string): boolean {
  return path.endsWith('.spec.ts') || path.startsWith('libs/testing/');
}
